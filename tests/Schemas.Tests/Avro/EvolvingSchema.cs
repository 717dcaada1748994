using System.Text.Json.Nodes;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>
/// A random schema and a later version of it: the same tree with some of it changed, most of it in ways that readers bear. The first version
/// is built as text right away; the second is made of it, so that what has not changed is the same.
/// </summary>
internal sealed class EvolvingSchema
{
    private static readonly string[] Primitives = ["boolean", "int", "long", "float", "double", "string", "bytes"];
    private static readonly Dictionary<string, string[]> Wider = new(StringComparer.Ordinal)
    {
        ["int"] = ["long", "float", "double"],
        ["long"] = ["float", "double"],
        ["float"] = ["double"],
        ["string"] = ["bytes"],
        ["bytes"] = ["string"],
    };

    /// <summary>Edits that readers can bear, at least in places.</summary>
    public static IReadOnlyList<string> Harmless { get; } =
    [
        "field added", "field removed", "field renamed", "fields reordered", "symbol added", "symbol with default removed", "symbols reordered",
        "union widened", "union reordered", "type renamed", "promoted to long", "promoted to float", "promoted to double", "promoted to bytes",
        "promoted to string", "made a union",
    ];

    /// <summary>Edits that mostly break readers.</summary>
    public static IReadOnlyList<string> Breaking { get; } =
        ["field added", "field renamed", "symbol removed", "union narrowed", "type renamed", "type changed", "size"];

    private readonly Random _random;
    private readonly List<string> _named = [];
    private int _names;

    public EvolvingSchema(int seed)
    {
        _random = new Random(seed);
        var before = Record(3);
        Before = before.ToJsonString();
        var after = before.DeepClone();
        for (var edits = _random.Next(5); edits > 0; edits--) after = Edited(after);
        After = after.ToJsonString();
    }

    /// <summary>The version the writer has.</summary>
    public string Before { get; }

    /// <summary>The version the reader has.</summary>
    public string After { get; }

    /// <summary>The kinds of edits made, for counting.</summary>
    public HashSet<string> Edits { get; } = [];

    private bool OneIn(int many) => _random.Next(many) == 0;

    private JsonNode Type(int depth, bool union = true) => _random.Next(depth > 0 ? 12 : 6) switch
    {
        5 when _named.Count > 0 => Pick(_named),
        6 => new JsonObject { ["type"] = "array", ["items"] = Type(depth - 1) },
        7 => new JsonObject { ["type"] = "map", ["values"] = Type(depth - 1) },
        8 => Enum(),
        9 => new JsonObject { ["type"] = "fixed", ["name"] = Name("F"), ["size"] = _random.Next(1, 4) },
        10 when union => Union(depth - 1),
        11 => Record(depth - 1),
        _ => Pick(Primitives),
    };

    private JsonObject Record(int depth)
    {
        var fields = new JsonArray();
        for (var i = _random.Next(1, 5); i > 0; i--) fields.Add(Field(depth));
        // Named after its fields, so that it holds no record that is still being written and has no end. Deep ones are not named again, since
        // records that hold each other several times over have values beyond all size.
        var name = Name("R");
        if (depth > 1) _named.Remove(name);
        return new JsonObject { ["type"] = "record", ["name"] = name, ["fields"] = fields };
    }

    private JsonObject Field(int depth) => new() { ["name"] = "f" + _names++, ["type"] = Type(depth) };

    private JsonObject Enum()
    {
        var symbols = new JsonArray([.. "ABCDE".Take(_random.Next(1, 6)).Select(symbol => JsonValue.Create(symbol.ToString()))]);
        var type = new JsonObject { ["type"] = "enum", ["name"] = Name("E"), ["symbols"] = symbols };
        if (OneIn(2)) type["default"] = symbols[_random.Next(symbols.Count)]!.GetValue<string>();
        return type;
    }

    private JsonArray Union(int depth)
    {
        var union = new JsonArray();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        if (OneIn(2) && taken.Add("null")) union.Add("null");
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var named = _named.Count;
            var branch = Type(depth, union: false);
            if (taken.Add(NameOf(branch))) union.Add(branch);
            else _named.RemoveRange(named, _named.Count - named);
        }
        return union;
    }

    private string Name(string prefix)
    {
        var name = prefix + _names++;
        _named.Add(name);
        return name;
    }

    private T Pick<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];

    /// <summary>What tells a branch of a union from the others.</summary>
    private static string NameOf(JsonNode type) => type switch
    {
        JsonObject { } json when json["name"] is { } name => name.GetValue<string>(),
        JsonObject json => json["type"]!.GetValue<string>(),
        _ => type.GetValue<string>(),
    };

    /// <summary>The schema with one thing in it changed.</summary>
    private JsonNode Edited(JsonNode root)
    {
        var places = new List<JsonNode>();
        Collect(root, places);
        switch (Pick(places))
        {
            case JsonObject { } json when json["fields"] is JsonArray fields:
                EditRecord(json, fields);
                break;
            case JsonObject { } json when json["symbols"] is JsonArray symbols:
                EditEnum(json, symbols);
                break;
            case JsonObject { } json when json["size"] is not null:
                if (OneIn(2)) Rename(json);
                else Note("size", () => json["size"] = _random.Next(1, 4));
                break;
            case JsonArray union:
                EditUnion(union);
                break;
            case { } type when type.Parent is not null:
                Replace(type);
                break;
        }
        return root;
    }

    /// <summary>Every type in a schema.</summary>
    private static void Collect(JsonNode type, List<JsonNode> places)
    {
        places.Add(type);
        foreach (var branch in type as JsonArray ?? []) Collect(branch!, places);
        if (type is not JsonObject json) return;
        if ((json["items"] ?? json["values"]) is { } inner) Collect(inner, places);
        foreach (var field in json["fields"] as JsonArray ?? [])
        {
            // The default would no longer be of the type.
            if (!((JsonObject)field!).ContainsKey("default")) Collect(field["type"]!, places);
            // Fields are what schemas mostly change, so records come up more often.
            places.Add(type);
        }
    }

    private void EditRecord(JsonObject record, JsonArray fields)
    {
        var field = fields.Count == 0 ? null : (JsonObject)fields[_random.Next(fields.Count)]!;
        switch (_random.Next(8))
        {
            case 0 or 1:
                var added = new JsonObject { ["name"] = "added" + _names++, ["type"] = Addable(out var standard) };
                if (!OneIn(6)) added["default"] = standard;
                Note("field added", () => fields.Insert(_random.Next(fields.Count + 1), added));
                break;
            case 2 when field is not null && !DefinesNames(field["type"]!):
                Note("field removed", () => fields.Remove(field));
                break;
            case 3 when field is not null:
                if (!OneIn(4)) field["aliases"] = new JsonArray(field["name"]!.GetValue<string>());
                Note("field renamed", () => field["name"] = "renamed" + _names++);
                break;
            case 4 when field is not null:
                // A named type is defined where it first stands, so that only what has to do with none may move.
                if (field["type"] is not JsonValue primitive || !Primitives.Contains(NameOf(primitive))) return;
                Note("fields reordered", () =>
                {
                    fields.Remove(field);
                    fields.Insert(_random.Next(fields.Count + 1), field);
                });
                break;
            case 5:
                Rename(record);
                break;
            default:
                if (field?["type"] is { } type and not JsonArray && !field.ContainsKey("default")) Replace(type);
                break;
        }
    }

    /// <summary>A type for a new field, with a default of it.</summary>
    private JsonNode Addable(out JsonNode? standard)
    {
        (var type, standard) = _random.Next(8) switch
        {
            0 => ("\"int\"", "7"),
            1 => ("\"string\"", "\"ü\""),
            2 => ("""["null","string"]""", "null"),
            3 => ("""{"type":"array","items":"long"}""", "[1,2]"),
            4 => ("""{"type":"map","values":["int","null"]}""", """{"k":1}"""),
            5 => ($$"""{"type":"enum","name":"{{"E" + _names++}}","symbols":["X","Y"]}""", "\"Y\""),
            6 => ($$"""{"type":"record","name":"{{"R" + _names++}}","fields":[{"name":"a","type":"double","default":1.5},{"name":"b","type":"bytes"}]}""", """{"b":"\u00ff"}"""),
            _ => ("\"double\"", "0.25"),
        };
        standard = JsonNode.Parse(standard!.ToString());
        return JsonNode.Parse(type)!;
    }

    private void EditEnum(JsonObject type, JsonArray symbols)
    {
        switch (_random.Next(4))
        {
            case 0:
                Note("symbol added", () => symbols.Insert(_random.Next(symbols.Count + 1), "S" + _names++));
                break;
            case 1 when symbols.Count > 1:
                var symbol = symbols[_random.Next(symbols.Count)]!;
                if (type["default"]?.GetValue<string>() == symbol.GetValue<string>()) return;
                Note(type["default"] is null ? "symbol removed" : "symbol with default removed", () => symbols.Remove(symbol));
                break;
            case 2:
                Note("symbols reordered", () =>
                {
                    var first = symbols[0]!;
                    symbols.RemoveAt(0);
                    symbols.Add(first);
                });
                break;
            default:
                Rename(type);
                break;
        }
    }

    private void EditUnion(JsonArray union)
    {
        switch (_random.Next(3))
        {
            case 0:
                var added = Pick(Primitives);
                if (union.Any(branch => NameOf(branch!) == added)) return;
                Note("union widened", () => union.Insert(_random.Next(union.Count + 1), added));
                break;
            case 1 when union.Count > 1:
                var removed = union[_random.Next(union.Count)]!;
                if (!DefinesNames(removed)) Note("union narrowed", () => union.Remove(removed));
                break;
            default:
                var moved = union[0]!;
                if (DefinesNames(moved)) return;
                Note("union reordered", () =>
                {
                    union.RemoveAt(0);
                    union.Add(moved);
                });
                break;
        }
    }

    /// <summary>Another name, with the old one as an alias or without. References follow only where there are none.</summary>
    private void Rename(JsonObject type)
    {
        var old = type["name"]!.GetValue<string>();
        if (type.Root.ToJsonString().Split($"\"{old}\"").Length > 2) return;
        if (!OneIn(4)) type["aliases"] = new JsonArray(old);
        Note("type renamed", () => type["name"] = "N" + _names++);
    }

    private void Replace(JsonNode type)
    {
        if (DefinesNames(type)) return;
        var name = type is JsonValue ? NameOf(type) : "";
        var isBranch = type.Parent is JsonArray;
        if (Wider.TryGetValue(name, out var wider) && !OneIn(4))
        {
            var chosen = Pick(wider);
            if (isBranch && ((JsonArray)type.Parent!).Any(branch => NameOf(branch!) == chosen)) return;
            Note("promoted to " + chosen, () => type.ReplaceWith(JsonValue.Create(chosen)));
        }
        else if (!isBranch && OneIn(2))
        {
            var union = new JsonArray("null", type.DeepClone());
            if (name != "null") Note("made a union", () => type.ReplaceWith(union));
        }
        else if (!isBranch)
        {
            Note("type changed", () => type.ReplaceWith(JsonValue.Create(Pick(Primitives))));
        }
    }

    /// <summary>Whether a named type is defined in a type, so that it cannot go or move without those that refer to it.</summary>
    private static bool DefinesNames(JsonNode type) => type switch
    {
        JsonArray union => union.Any(branch => DefinesNames(branch!)),
        JsonObject json => json["name"] is not null || DefinesNames((json["items"] ?? json["values"])!),
        _ => false,
    };

    private void Note(string edit, Action action)
    {
        Edits.Add(edit);
        action();
    }
}
