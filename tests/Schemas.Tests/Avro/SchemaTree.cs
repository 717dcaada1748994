using System.Text.Json.Nodes;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>Random schemas as trees of JSON: records of everything, nested, with types named again and fields that have defaults.</summary>
internal sealed class SchemaTree(Random random)
{
    public static readonly string[] Primitives = ["boolean", "int", "long", "float", "double", "string", "bytes"];

    private readonly List<string> _named = [];
    private int _names;

    private JsonNode Type(int depth, bool union = true) => random.Next(depth > 0 ? 12 : 6) switch
    {
        5 when _named.Count > 0 => Pick(_named),
        6 => new JsonObject { ["type"] = "array", ["items"] = Type(depth - 1) },
        7 => new JsonObject { ["type"] = "map", ["values"] = Type(depth - 1) },
        8 => Enum(),
        9 => new JsonObject { ["type"] = "fixed", ["name"] = Name("F"), ["size"] = random.Next(1, 4) },
        10 when union => Union(depth - 1),
        11 => Record(depth - 1),
        _ => Pick(Primitives),
    };

    public JsonObject Record(int depth)
    {
        var fields = new JsonArray();
        for (var i = random.Next(1, 5); i > 0; i--) fields.Add(Field(depth));
        // Named after its fields, so that it holds no record that is still being written and has no end. Deep ones are not named again, since
        // records that hold each other several times over have values beyond all size.
        var name = Name("R");
        if (depth > 1) _named.Remove(name);
        return new JsonObject { ["type"] = "record", ["name"] = name, ["fields"] = fields };
    }

    private JsonObject Field(int depth) =>
        OneIn(5) ? WithDefault("f") : new JsonObject { ["name"] = New("f"), ["type"] = Type(depth) };

    /// <summary>A field that has a default.</summary>
    public JsonObject WithDefault(string prefix)
    {
        var type = Defaulted(out var standard);
        return new JsonObject { ["name"] = New(prefix), ["type"] = type, ["default"] = standard };
    }

    private JsonObject Enum()
    {
        var symbols = new JsonArray([.. "ABCDE".Take(random.Next(1, 6)).Select(symbol => JsonValue.Create(symbol.ToString()))]);
        var type = new JsonObject { ["type"] = "enum", ["name"] = Name("E"), ["symbols"] = symbols };
        if (OneIn(2)) type["default"] = symbols[random.Next(symbols.Count)]!.GetValue<string>();
        return type;
    }

    private JsonArray Union(int depth)
    {
        var union = new JsonArray();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        if (OneIn(2) && taken.Add("null")) union.Add("null");
        for (var i = random.Next(1, 4); i > 0; i--)
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
        var name = New(prefix);
        _named.Add(name);
        return name;
    }

    /// <summary>A name nothing else has.</summary>
    public string New(string prefix) => prefix + _names++;

    /// <summary>A type with a default of it.</summary>
    private JsonNode Defaulted(out JsonNode? standard)
    {
        (var type, standard) = random.Next(8) switch
        {
            0 => ("\"int\"", "7"),
            1 => ("\"string\"", "\"ü\""),
            2 => ("""["null","string"]""", "null"),
            3 => ("""{"type":"array","items":"long"}""", "[1,2]"),
            4 => ("""{"type":"map","values":["int","null"]}""", """{"k":1}"""),
            5 => ($$"""{"type":"enum","name":"{{New("E")}}","symbols":["X","Y"]}""", "\"Y\""),
            6 => ($$"""{"type":"record","name":"{{New("R")}}","fields":[{"name":"a","type":"double","default":1.5},{"name":"b","type":"bytes"}]}""", """{"b":"\u00ff"}"""),
            _ => ("\"double\"", "0.25"),
        };
        standard = JsonNode.Parse(standard!.ToString());
        return JsonNode.Parse(type)!;
    }

    /// <summary>What tells a branch of a union from the others.</summary>
    public static string NameOf(JsonNode type) => type switch
    {
        JsonObject { } json when json["name"] is { } name => name.GetValue<string>(),
        JsonObject json => json["type"]!.GetValue<string>(),
        _ => type.GetValue<string>(),
    };

    /// <summary>Every type in a schema.</summary>
    public static void Collect(JsonNode type, List<JsonNode> places)
    {
        places.Add(type);
        foreach (var branch in type as JsonArray ?? []) Collect(branch!, places);
        if (type is not JsonObject json) return;
        if ((json["items"] ?? json["values"]) is { } inner) Collect(inner, places);
        foreach (var field in json["fields"] as JsonArray ?? [])
        {
            Collect(field!["type"]!, places);
            // Fields are what schemas mostly change, so records come up more often.
            places.Add(type);
        }
    }

    /// <summary>Whether a named type is defined in a type, so that it cannot go or move without those that refer to it.</summary>
    public static bool DefinesNames(JsonNode type) => type switch
    {
        JsonArray union => union.Any(branch => DefinesNames(branch!)),
        JsonObject json => json["name"] is not null || DefinesNames((json["items"] ?? json["values"])!),
        _ => false,
    };

    private bool OneIn(int many) => random.Next(many) == 0;

    private T Pick<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];
}
