using System.Globalization;
using System.Linq;

namespace Gateway.Protocol.Generator;

/// <summary>Writes what lets a message be used again: <c>Reset</c>, <c>SpareCount</c> and an <c>Add…</c> for every list of structs.</summary>
internal sealed class ReuseEmitter(SourceText code)
{
    /// <summary>Longer lists are left to the collector.</summary>
    private const int MostKept = 256;

    /// <summary>The method that adds an element which was used before, or a new one.</summary>
    public static string AddName(FieldModel field) => $"AddTo{field.Name}";

    public void Members(StructModel model, bool isRoot)
    {
        string access = isRoot ? "public" : "internal";
        FieldModel[] lists = model.Fields.Where(IsStructs).ToArray();
        foreach (FieldModel field in lists) Add(field);
        foreach (FieldModel field in model.Fields.Where(f => f.Type.Kind == WireKind.List && f.IsNullable && !f.DefaultIsNull))
            code.Line($"private {field.Type.CSharp}? _kept{field.Name};");
        code.Line("");
        if (isRoot) code.Line("/// <inheritdoc/>");
        code.Open($"{access} int SpareCount");
        code.Open("get");
        code.Line("int count = 0;");
        foreach (FieldModel field in lists)
            code.Line($"if (_spare{field.Name} is not null) foreach (var item in _spare{field.Name}) count += 1 + item.SpareCount;");
        foreach (FieldModel field in model.Fields.Where(f => f.Type.Struct is not null && !f.IsNullable)) code.Line($"count += {field.Name}.SpareCount;");
        code.Line("return count;");
        code.Close();
        code.Close();
        code.Line("");
        if (isRoot) code.Line("/// <inheritdoc/>");
        code.Open($"{access} void Reset()");
        foreach (FieldModel field in model.Fields) Reset(field);
        code.Close();
    }

    private static bool IsStructs(FieldModel field) => field.Type.Element?.Kind == WireKind.Struct;

    private void Add(FieldModel field)
    {
        string element = field.Type.Element!.CSharp;
        code.Line("");
        code.Line($"private global::System.Collections.Generic.List<{element}>? _spare{field.Name};");
        code.Line("");
        code.Line($"/// <summary>Adds an element with every field at its default to {field.Name}, and returns it.</summary>");
        code.Open($"public {element} {AddName(field)}()");
        code.Line($"{element} item;");
        code.Open($"if (_spare{field.Name} is {{ Count: > 0 }} spare)");
        code.Line("item = spare[^1];");
        code.Line("spare.RemoveAt(spare.Count - 1);");
        code.Close();
        code.Line("else item = new();");
        code.Line($"{(field.IsNullable ? $"({field.Name} ??= [])" : field.Name)}.Add(item);");
        code.Line("return item;");
        code.Close();
    }

    private void Reset(FieldModel field)
    {
        string name = field.Name;
        switch (field.Type.Kind)
        {
            case WireKind.Records:
                code.Line($"{name}?.Recycle();");
                code.Line($"{name} = null;");
                break;
            case WireKind.Struct:
                code.Line(field.IsNullable ? $"{name} = null;" : $"{name}.Reset();");
                break;
            case WireKind.List:
                List(field);
                break;
            case WireKind.String:
                code.Line(field.DefaultIsNull ? $"{name} = null;" : $"{name} = \"{field.Default}\";");
                break;
            case WireKind.Bytes:
                code.Line(field.DefaultIsNull ? $"{name} = null;" : $"{name} = [];");
                break;
            case WireKind.Bool:
                code.Line($"{name} = {(field.Default is true ? "true" : "false")};");
                break;
            case WireKind.Uuid:
                code.Line($"{name} = default;");
                break;
            default:
                string number = System.Convert.ToString(field.Default ?? 0, CultureInfo.InvariantCulture)!;
                code.Line(field.Type.IsEnum ? $"{name} = ({field.Type.CSharp})({number});" : $"{name} = {number};");
                break;
        }
    }

    private void List(FieldModel field)
    {
        string name = field.Name;
        if (field.IsNullable) code.Open($"if ({name} is not null)");
        if (IsStructs(field))
        {
            code.Open($"if ({name}.Count + (_spare{name}?.Count ?? 0) <= {MostKept})");
            code.Open($"foreach (var item in {name})");
            code.Line("item.Reset();");
            code.Line($"(_spare{name} ??= []).Add(item);");
            code.Close();
            code.Close();
            if (field.Type.HoldsRecords) code.Line($"else foreach (var item in {name}) item.ReleaseRecords();");
        }
        code.Line($"if ({name}.Capacity > {MostKept}) {name} = [];");
        code.Line($"else {name}.Clear();");
        if (!field.IsNullable) return;
        if (!field.DefaultIsNull) code.Line($"_kept{name} = {name};");
        code.Close();
        // Who wants null takes the list away; the next use finds it again.
        code.Line(field.DefaultIsNull ? $"{name} = null;" : $"{name} ??= _kept{name} ??= [];");
    }
}
