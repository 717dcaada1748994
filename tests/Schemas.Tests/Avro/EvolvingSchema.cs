using System.Text.Json.Nodes;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>
/// A random schema and a later version of it: the same tree with some of it changed, most of it in ways that readers bear. The first version
/// is built as text right away; the second is made of it, so that what has not changed is the same.
/// </summary>
internal sealed class EvolvingSchema
{
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
    private readonly SchemaTree _tree;
    private readonly HashSet<string> _edits = [];

    public EvolvingSchema(int seed)
    {
        _random = new Random(seed);
        _tree = new SchemaTree(_random);
        Before = After = _tree.Record(3).ToJsonString();
        for (var edits = _random.Next(6); edits > 0; edits--) Edit();
    }

    /// <summary>The version the writer has.</summary>
    public string Before { get; }

    /// <summary>The version the reader has.</summary>
    public string After { get; private set; }

    /// <summary>The kinds of edits made, for counting.</summary>
    public HashSet<string> Edits { get; } = [];

    /// <summary>How many edits were taken back, as they left a default that is no more of its type.</summary>
    public int TakenBack { get; private set; }

    private bool OneIn(int many) => _random.Next(many) == 0;

    private T Pick<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];

    /// <summary>Changes one thing in the later version.</summary>
    private void Edit()
    {
        _edits.Clear();
        var root = JsonNode.Parse(After)!;
        var places = new List<JsonNode>();
        SchemaTree.Collect(root, places);
        EditOneOf(places);
        var text = root.ToJsonString();
        if (!new ExpectedResolution(Before, text).DefaultsFit())
        {
            TakenBack++;
            return;
        }
        After = text;
        Edits.UnionWith(_edits);
    }

    private void EditOneOf(List<JsonNode> places)
    {
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
    }

    private void EditRecord(JsonObject record, JsonArray fields)
    {
        var field = fields.Count == 0 ? null : (JsonObject)fields[_random.Next(fields.Count)]!;
        switch (_random.Next(8))
        {
            case 0 or 1:
                var added = _tree.WithDefault("added");
                if (OneIn(6)) added.Remove("default");
                Note("field added", () => fields.Insert(_random.Next(fields.Count + 1), added));
                break;
            case 2 when field is not null && !SchemaTree.DefinesNames(field["type"]!):
                Note("field removed", () => fields.Remove(field));
                break;
            case 3 when field is not null:
                if (!OneIn(4)) field["aliases"] = new JsonArray(field["name"]!.GetValue<string>());
                Note("field renamed", () => field["name"] = _tree.New("renamed"));
                break;
            case 4 when field is not null:
                // A named type is defined where it first stands, so that only what has to do with none may move.
                if (field["type"] is not JsonValue primitive || !SchemaTree.Primitives.Contains(SchemaTree.NameOf(primitive))) return;
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
                if (field?["type"] is { } type and not JsonArray) Replace(type);
                break;
        }
    }

    private void EditEnum(JsonObject type, JsonArray symbols)
    {
        switch (_random.Next(4))
        {
            case 0:
                Note("symbol added", () => symbols.Insert(_random.Next(symbols.Count + 1), _tree.New("S")));
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
                var added = Pick(SchemaTree.Primitives);
                if (union.Any(branch => SchemaTree.NameOf(branch!) == added)) return;
                Note("union widened", () => union.Insert(_random.Next(union.Count + 1), added));
                break;
            case 1 when union.Count > 1:
                var removed = union[_random.Next(union.Count)]!;
                if (!SchemaTree.DefinesNames(removed)) Note("union narrowed", () => union.Remove(removed));
                break;
            default:
                var moved = union[0]!;
                if (SchemaTree.DefinesNames(moved)) return;
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
        Note("type renamed", () => type["name"] = _tree.New("N"));
    }

    private void Replace(JsonNode type)
    {
        if (SchemaTree.DefinesNames(type)) return;
        var name = type is JsonValue ? SchemaTree.NameOf(type) : "";
        var isBranch = type.Parent is JsonArray;
        if (Wider.TryGetValue(name, out var wider) && !OneIn(4))
        {
            var chosen = Pick(wider);
            if (isBranch && ((JsonArray)type.Parent!).Any(branch => SchemaTree.NameOf(branch!) == chosen)) return;
            Note("promoted to " + chosen, () => type.ReplaceWith(JsonValue.Create(chosen)));
        }
        else if (!isBranch && OneIn(2))
        {
            var union = new JsonArray("null", type.DeepClone());
            if (name != "null") Note("made a union", () => type.ReplaceWith(union));
        }
        else if (!isBranch)
        {
            Note("type changed", () => type.ReplaceWith(JsonValue.Create(Pick(SchemaTree.Primitives))));
        }
    }

    private void Note(string edit, Action action)
    {
        _edits.Add(edit);
        action();
    }
}
