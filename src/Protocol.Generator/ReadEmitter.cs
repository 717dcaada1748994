using System.Linq;

namespace Gateway.Protocol.Generator;

/// <summary>Writes the body of <c>Read</c>.</summary>
internal sealed class ReadEmitter(MessageModel message, SourceText code)
{
    public void Read(StructModel model)
    {
        foreach (FieldModel field in model.Fields)
        {
            if (field.Tag >= 0) continue;
            string? present = Versions.Present(message, field);
            if (present is not null) code.Open($"if ({present})");
            Value(model, field);
            if (present is not null) code.Close();
        }
        if (message.FlexibleFrom <= message.Highest) Tags(model);
    }

    private void Tags(StructModel model)
    {
        if (message.FlexibleFrom > message.Lowest) code.Open("if (flexible)");
        FieldModel[] tagged = model.Fields.Where(f => f.Tag >= 0).OrderBy(f => f.Tag).ToArray();
        if (tagged.Length == 0)
        {
            code.Line("reader.SkipTagSection();");
        }
        else
        {
            code.Open("for (int left = reader.TagCount(); left > 0; left--)");
            code.Open("switch (reader.Tag())");
            foreach (FieldModel field in tagged)
            {
                string? present = Versions.Present(message, field);
                code.Open(present is null ? $"case {field.Tag}:" : $"case {field.Tag} when {present}:");
                code.Line("int outer = reader.BeginTagged();");
                Value(model, field);
                code.Line("reader.EndTagged(outer);");
                code.Line("break;");
                code.Close();
            }
            code.Line("default: reader.SkipTagged(); break;");
            code.Close();
            code.Close();
        }
        if (message.FlexibleFrom > message.Lowest) code.Close();
    }

    private void Value(StructModel model, FieldModel field)
    {
        string nullable = Versions.Nullable(message, field);
        string flexible = Versions.Flexible(message, field);
        string refuse = $"throw global::Gateway.Protocol.Wire.ProtocolException.NullNotAllowed(\"{model.Name}.{field.Name}\")";
        switch (field.Type.Kind)
        {
            case WireKind.String or WireKind.Bytes or WireKind.Records:
                code.Line($"{field.Name} = reader.Nullable{field.Type.Kind}({flexible}){(nullable == "false" ? $" ?? {refuse}" : "")};");
                if (nullable is not ("true" or "false")) code.Line($"if ({field.Name} is null && !({nullable})) {refuse};");
                break;
            case WireKind.Struct when field.IsNullable:
                code.Open($"if (reader.{(field.Tag >= 0 ? "Tagged" : "")}StructPresent())");
                NewStruct(field);
                code.Close();
                code.Open("else");
                code.Line(nullable == "true" ? $"{field.Name} = null;" : $"{field.Name} = {nullable} ? null : {refuse};");
                code.Close();
                break;
            case WireKind.Struct:
                NewStruct(field);
                break;
            case WireKind.List:
                List(field, nullable, flexible, refuse);
                break;
            default:
                code.Line($"{field.Name} = {Plain(field.Type, flexible)};");
                break;
        }
    }

    /// <summary>Assigned before it is read, so that a failure inside leaves its record leases where ReleaseRecords finds them.</summary>
    private void NewStruct(FieldModel field)
    {
        if (!message.IsReusable || field.IsNullable) code.Line($"{field.Name} = new();");
        code.Line($"{field.Name}.Read(ref reader, version);");
    }

    private void List(FieldModel field, string nullable, string flexible, string refuse)
    {
        WireType element = field.Type.Element!;
        int smallest = Versions.SmallestSize(message, element, nullable: false, field.From, field.To);
        string count = $"count{field.Name}";
        code.Line($"int {count} = reader.Count({flexible}, {smallest}, {(element.IsObject ? "true" : "false")});");
        if (nullable == "true") code.Line($"if ({count} < 0) {field.Name} = null;");
        else if (nullable == "false") code.Line($"if ({count} < 0) {refuse};");
        else code.Line($"if ({count} < 0) {field.Name} = {nullable} ? null : {refuse};");
        code.Open(nullable == "false" ? "" : "else");
        if (message.IsReusable)
        {
            code.Line($"({field.Name} ??= []).Clear();");
            code.Line($"{field.Name}.EnsureCapacity({count});");
        }
        else
        {
            code.Line($"{field.Name} = new({count});");
        }
        code.Open($"for (int i = 0; i < {count}; i++)");
        if (element.Kind == WireKind.Struct && message.IsReusable)
        {
            code.Line($"{ReuseEmitter.AddName(field)}().Read(ref reader, version);");
        }
        else if (element.Kind == WireKind.Struct)
        {
            code.Line($"var item = new {element.CSharp}();");
            code.Line($"{field.Name}.Add(item);");
            code.Line("item.Read(ref reader, version);");
        }
        else
        {
            code.Line($"{field.Name}.Add({Plain(element, flexible)});");
        }
        code.Close();
        code.Close();
    }

    private static string Plain(WireType type, string flexible) => type.Kind switch
    {
        WireKind.String or WireKind.Bytes => $"reader.{type.Kind}({flexible})",
        _ => type.IsEnum ? $"({type.CSharp})reader.{type.Kind}()" : $"reader.{type.Kind}()",
    };
}
