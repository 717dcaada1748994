using System.Globalization;
using System.Linq;

namespace Gateway.Protocol.Generator;

/// <summary>Writes the body of <c>Write</c> and of <c>IsDefault</c>.</summary>
internal sealed class WriteEmitter(MessageModel message, SourceText code)
{
    public void Write(StructModel model)
    {
        foreach (FieldModel field in model.Fields)
        {
            if (field.Tag >= 0) continue;
            string? present = Versions.Present(message, field);
            if (present is null)
            {
                Value(model, field);
                continue;
            }
            code.Open($"if ({present})");
            Value(model, field);
            code.Close();
            Absent(model, field, "else ");
        }
        if (message.FlexibleFrom <= message.Highest) Tags(model);
    }

    /// <summary>An expression that is true when the field differs from its default.</summary>
    public static string Differs(FieldModel field, string value)
    {
        bool nullDefault = field.IsNullable && field.DefaultIsNull;
        switch (field.Type.Kind)
        {
            case WireKind.Bool: return field.Default is true ? $"!{value}" : value;
            case WireKind.Uuid: return $"{value} != default";
            case WireKind.String or WireKind.Bytes:
                return nullDefault ? $"{value} is not null" : field.IsNullable ? $"{value} is not {{ Length: 0 }}" : $"{value}.Length != 0";
            case WireKind.List:
                return nullDefault ? $"{value} is not null" : field.IsNullable ? $"{value} is not {{ Count: 0 }}" : $"{value}.Count != 0";
            case WireKind.Records: return $"{value} is not null";
            case WireKind.Struct: return field.IsNullable ? $"{value} is not null" : $"!{value}.IsDefault()";
            default:
                string number = System.Convert.ToString(field.Default ?? 0, CultureInfo.InvariantCulture)!;
                return field.Type.IsEnum ? $"{value} != ({field.Type.CSharp})({number})" : $"{value} != {number}";
        }
    }

    /// <summary>A version without the field refuses a value that means something, unless the field may be dropped.</summary>
    private void Absent(StructModel model, FieldModel field, string prefix)
    {
        if (field.Ignorable) return;
        code.Line($"{prefix}if ({Differs(field, field.Name)}) "
            + $"throw global::Gateway.Protocol.Wire.ProtocolException.FieldNotInVersion(\"{model.Name}.{field.Name}\", version);");
    }

    private void Tags(StructModel model)
    {
        FieldModel[] tagged = model.Fields.Where(f => f.Tag >= 0).OrderBy(f => f.Tag).ToArray();
        foreach (FieldModel field in tagged)
        {
            string? present = Versions.Present(message, field);
            if (present is not null) Absent(model, field, $"if (!({present})) ");
        }
        if (message.FlexibleFrom > message.Lowest) code.Open("if (flexible)");
        if (tagged.Length == 0)
        {
            code.Line("writer.UnsignedVarint(0);");
        }
        else
        {
            code.Line("uint tags = 0;");
            foreach (FieldModel field in tagged) code.Line($"if ({Wanted(field)}) tags++;");
            code.Line("writer.UnsignedVarint(tags);");
            foreach (FieldModel field in tagged)
            {
                code.Open($"if ({Wanted(field)})");
                code.Line($"int start{field.Tag} = writer.BeginTagged({field.Tag});");
                Value(model, field);
                code.Line($"writer.EndTagged(start{field.Tag});");
                code.Close();
            }
        }
        if (message.FlexibleFrom > message.Lowest) code.Close();
    }

    private string Wanted(FieldModel field)
    {
        string differs = Differs(field, field.Name);
        return Versions.Present(message, field) is { } present ? $"{present} && {differs}" : differs;
    }

    private void Value(StructModel model, FieldModel field)
    {
        string nullable = Versions.Nullable(message, field);
        string flexible = Versions.Flexible(message, field);
        string name = $"{model.Name}.{field.Name}";
        switch (field.Type.Kind)
        {
            case WireKind.String or WireKind.Bytes:
                Refuse(field, nullable, name);
                code.Line($"writer.{(nullable == "false" ? "" : "Nullable")}{field.Type.Kind}({field.Name}, {flexible});");
                break;
            case WireKind.Records:
                Refuse(field, nullable, name);
                code.Line($"writer.NullableRecords({field.Name}, {flexible});");
                break;
            case WireKind.Struct when field.IsNullable:
                Refuse(field, nullable, name);
                code.Line(field.Tag >= 0
                    ? $"writer.UnsignedVarint({field.Name} is null ? 0u : 1u);"
                    : $"writer.Int8({field.Name} is null ? (sbyte)-1 : (sbyte)1);");
                code.Line($"{field.Name}?.Write(writer, version);");
                break;
            case WireKind.List:
                Refuse(field, nullable, name);
                code.Line($"writer.Count({field.Name}{(field.IsNullable ? "?" : "")}.Count{(field.IsNullable ? " ?? -1" : "")}, {flexible});");
                code.Open($"{(field.IsNullable ? $"if ({field.Name} is not null) " : "")}foreach (var item in {field.Name})");
                code.Line(Plain(field.Type.Element!, "item", flexible));
                code.Close();
                break;
            default:
                code.Line(Plain(field.Type, field.Name, flexible));
                break;
        }
    }

    private void Refuse(FieldModel field, string nullable, string name)
    {
        if (nullable == "true") return;
        string condition = nullable == "false" ? "" : $" && !({nullable})";
        code.Line($"if ({field.Name} is null{condition}) throw global::Gateway.Protocol.Wire.ProtocolException.NullNotAllowed(\"{name}\");");
    }

    private static string Plain(WireType type, string value, string flexible) => type.Kind switch
    {
        WireKind.String or WireKind.Bytes => $"writer.{type.Kind}({value}, {flexible});",
        WireKind.Struct => $"{value}.Write(writer, version);",
        _ => type.IsEnum ? $"writer.{type.Kind}(({Integer(type.Kind)}){value});" : $"writer.{type.Kind}({value});",
    };

    internal static string Integer(WireKind kind) => kind switch
    {
        WireKind.Int8 => "sbyte",
        WireKind.Int16 => "short",
        WireKind.UInt16 => "ushort",
        WireKind.Int32 => "int",
        _ => "long",
    };
}
