using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>
/// What a value of one schema is when it is read with another, by the specification's rules and from nothing but their JSON: no part of the
/// library has a say in it. Names have no namespaces here, and pairs that cannot be read are not asked about.
/// </summary>
internal sealed class ExpectedResolution
{
    private readonly JsonNode _writer;
    private readonly JsonNode _reader;
    private readonly Dictionary<string, JsonNode> _writers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonNode> _readers = new(StringComparer.Ordinal);

    public ExpectedResolution(string writer, string reader)
    {
        (_writer, _reader) = (JsonNode.Parse(writer)!, JsonNode.Parse(reader)!);
        Define(_writer, _writers);
        Define(_reader, _readers);
    }

    /// <summary>The rules that make another value of one.</summary>
    public static IReadOnlyList<string> Rules { get; } =
        ["to long", "to float", "to double", "to bytes", "to string", "default", "symbol's default", "dropped", "renamed"];

    /// <summary>Those that were needed.</summary>
    public HashSet<string> Applied { get; } = new(StringComparer.Ordinal);

    /// <summary>The value as the reader sees it, both in Avro's JSON encoding.</summary>
    public JsonNode? Of(string json) => Read(_writer, _reader, JsonNode.Parse(json));

    /// <summary>Whether the defaults of the reader's fields are of their types.</summary>
    public bool DefaultsFit()
    {
        var types = new List<JsonNode>();
        SchemaTree.Collect(_reader, types);
        var fields = types.OfType<JsonObject>().SelectMany(type => type["fields"] as JsonArray ?? []).Select(field => (JsonObject)field!);
        return fields.All(field => !field.ContainsKey("default") || Fits(field["type"]!, field["default"]));
    }

    private static void Define(JsonNode type, Dictionary<string, JsonNode> names)
    {
        var types = new List<JsonNode>();
        SchemaTree.Collect(type, types);
        foreach (var one in types.OfType<JsonObject>())
            if (one["name"]?.GetValue<string>() is { } name) names[name] = one;
    }

    private JsonNode? Read(JsonNode writer, JsonNode reader, JsonNode? value)
    {
        (writer, reader) = (Defined(writer, _writers), Defined(reader, _readers));
        if (writer is JsonArray branches)
        {
            var (name, inner) = value is JsonObject tagged ? tagged.Single() : new("null", null);
            return Read(branches.Single(branch => SchemaTree.NameOf(branch!) == name)!, reader, inner);
        }
        if (reader is JsonArray union)
        {
            var branch = Branch(writer, union);
            var read = Read(writer, branch, value);
            return Tagged(branch, read);
        }
        return (Kind(writer), Kind(reader)) switch
        {
            ("record", "record") => Record(writer, reader, (JsonObject)value!),
            ("enum", "enum") => Symbol(reader, value!.GetValue<string>()),
            ("array", "array") => new JsonArray([.. ((JsonArray)value!).Select(item => Read(writer["items"]!, reader["items"]!, item))]),
            ("map", "map") => new JsonObject(((JsonObject)value!).Select(
                entry => KeyValuePair.Create(entry.Key, Read(writer["values"]!, reader["values"]!, entry.Value)))),
            ("int" or "long", "double") => Note("to double", (double)value!.GetValue<long>()),
            ("int" or "long", "float") => Note("to float", (float)value!.GetValue<long>()),
            ("int", "long") => Note("to long", value!.GetValue<long>()),
            ("float", "double") => Note("to double", (double)value!.GetValue<float>()),
            ("string", "bytes") => Note("to bytes", Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value!.GetValue<string>()))),
            ("bytes", "string") => Note("to string", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(value!.GetValue<string>()))),
            var (from, to) when from == to => value?.DeepClone(),
            var (from, to) => throw new InvalidOperationException($"{from} cannot be read as {to}"),
        };
    }

    private JsonObject Record(JsonNode writer, JsonNode reader, JsonObject value)
    {
        var read = new JsonObject();
        var left = ((JsonArray)writer["fields"]!).Select(field => field!).ToList();
        foreach (var field in (JsonArray)reader["fields"]!)
        {
            var name = field!["name"]!.GetValue<string>();
            var written = left.Find(one => one["name"]!.GetValue<string>() == name)
                ?? left.Find(one => Aliases(field).Contains(one["name"]!.GetValue<string>()));
            if (written is null) read[name] = Note("default", Default(field["type"]!, field["default"]));
            else
            {
                read[name] = Read(written["type"]!, field["type"]!, value[written["name"]!.GetValue<string>()]);
                left.Remove(written);
                if (written["name"]!.GetValue<string>() != name) Note("renamed", null);
            }
        }
        if (left.Count > 0) Note("dropped", left[0]);
        return read;
    }

    private JsonNode Symbol(JsonNode reader, string symbol) =>
        ((JsonArray)reader["symbols"]!).Any(one => one!.GetValue<string>() == symbol) ? symbol : Note("symbol's default", reader["default"]!.DeepClone())!;

    /// <summary>The branch of the same type or name; else one that has the name as an alias; else the first the value can be promoted to.</summary>
    private JsonNode Branch(JsonNode writer, JsonArray union)
    {
        var name = SchemaTree.NameOf(writer);
        var branches = union.Select(branch => Defined(branch!, _readers)).ToList();
        return branches.Find(branch => SchemaTree.NameOf(branch) == name)
            ?? branches.Find(branch => Kind(branch) == Kind(writer) && Aliases(branch).Contains(name))
            ?? branches.Find(branch => (name, SchemaTree.NameOf(branch)) is ("int", "long" or "float" or "double") or ("long", "float" or "double")
                or ("float", "double") or ("string", "bytes") or ("bytes", "string"))
            ?? throw new InvalidOperationException($"{name} has no branch in {union.ToJsonString()}");
    }

    /// <summary>A field's default in the encoding of values, where unions have tags.</summary>
    private JsonNode? Default(JsonNode type, JsonNode? json)
    {
        type = Defined(type, _readers);
        if (type is JsonArray union)
        {
            var branch = Defined(union.First(branch => Fits(branch!, json))!, _readers);
            return Tagged(branch, Default(branch, json));
        }
        return Kind(type) switch
        {
            "record" => new JsonObject(((JsonArray)type["fields"]!).Select(field => field!).Select(field =>
                KeyValuePair.Create(field["name"]!.GetValue<string>(), Default(field["type"]!, Member(field, json!))))),
            "array" => new JsonArray([.. ((JsonArray)json!).Select(item => Default(type["items"]!, item))]),
            "map" => new JsonObject(((JsonObject)json!).Select(entry => KeyValuePair.Create(entry.Key, Default(type["values"]!, entry.Value)))),
            "float" => JsonValue.Create(float.Parse(json!.ToJsonString(), CultureInfo.InvariantCulture)),
            _ => json?.DeepClone(),
        };
    }

    private bool Fits(JsonNode type, JsonNode? json)
    {
        type = Defined(type, _readers);
        return (Kind(type), json?.GetValueKind() ?? JsonValueKind.Null) switch
        {
            ("null", JsonValueKind.Null) or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("float" or "double", JsonValueKind.Number)
                or ("string", JsonValueKind.String) => true,
            ("int", JsonValueKind.Number) => int.TryParse(json!.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ("long", JsonValueKind.Number) => long.TryParse(json!.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ("bytes", JsonValueKind.String) => json!.GetValue<string>().All(character => character <= 0xFF),
            ("fixed", JsonValueKind.String) => json!.GetValue<string>() is { } text
                && text.Length == type["size"]!.GetValue<int>() && text.All(character => character <= 0xFF),
            ("enum", JsonValueKind.String) => ((JsonArray)type["symbols"]!).Any(symbol => symbol!.GetValue<string>() == json!.GetValue<string>()),
            ("array", JsonValueKind.Array) => ((JsonArray)json!).All(item => Fits(type["items"]!, item)),
            ("map", JsonValueKind.Object) => ((JsonObject)json!).All(entry => Fits(type["values"]!, entry.Value)),
            ("record", JsonValueKind.Object) => ((JsonArray)type["fields"]!).All(field =>
                Has(field!, json!) && Fits(field!["type"]!, Member(field!, json!))),
            _ => type is JsonArray union && union.Any(branch => Fits(branch!, json)),
        };
    }

    private static bool Has(JsonNode field, JsonNode json) =>
        ((JsonObject)json).ContainsKey(field["name"]!.GetValue<string>()) || ((JsonObject)field).ContainsKey("default");

    private static JsonNode? Member(JsonNode field, JsonNode json) =>
        ((JsonObject)json).TryGetPropertyValue(field["name"]!.GetValue<string>(), out var member) ? member : field["default"];

    private static JsonNode? Tagged(JsonNode branch, JsonNode? value) =>
        SchemaTree.NameOf(branch) == "null" ? null : new JsonObject { [SchemaTree.NameOf(branch)] = value };

    private static JsonNode Defined(JsonNode type, Dictionary<string, JsonNode> names) =>
        type is JsonValue && names.TryGetValue(type.GetValue<string>(), out var definition) ? definition : type;

    private static string Kind(JsonNode type) => type switch
    {
        JsonArray => "union",
        JsonObject json => json["type"]!.GetValue<string>(),
        _ => type.GetValue<string>(),
    };

    private static IEnumerable<string> Aliases(JsonNode named) => ((JsonArray?)named["aliases"] ?? []).Select(alias => alias!.GetValue<string>());

    private JsonNode? Note(string rule, JsonNode? value)
    {
        Applied.Add(rule);
        return value;
    }
}
