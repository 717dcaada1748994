using System.Globalization;
using System.Text.Json;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>Random schemas and values that fit them, from a seed.</summary>
internal sealed class SchemaGenerator(int seed)
{
    private static readonly string[] Primitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
    private readonly Random _random = new(seed);
    private readonly List<string> _named = [];
    private int _names;

    public string Schema() => JsonSerializer.Serialize(Type(4, union: true));

    private object Type(int depth, bool union)
    {
        var choice = _random.Next(depth > 0 ? 14 : 8);
        return choice switch
        {
            < 6 => Primitive(),
            6 when _named.Count > 0 => _named[_random.Next(_named.Count)],
            7 => new Dictionary<string, object> { ["type"] = "fixed", ["name"] = Name(), ["size"] = _random.Next(0, 20) },
            8 => new Dictionary<string, object> { ["name"] = Name(), ["symbols"] = new[] { "A", "B", "C" }.Take(_random.Next(1, 4)).ToArray(), ["type"] = "enum" },
            9 => new Dictionary<string, object> { ["type"] = "array", ["items"] = Type(depth - 1, true), ["x-prop"] = _random.NextDouble() * 1e8 },
            10 => new Dictionary<string, object> { ["values"] = Type(depth - 1, true), ["type"] = "map" },
            11 when union => Union(depth),
            > 8 => Record(depth),
            _ => Primitive(),
        };
    }

    private object Primitive()
    {
        var name = Primitives[_random.Next(Primitives.Length)];
        return _random.Next(4) == 0 ? new Dictionary<string, object> { ["zeta"] = 1, ["type"] = name, ["alpha"] = new { b = 1.5, a = "ü\n" } } : name;
    }

    private Dictionary<string, object> Record(int depth)
    {
        var fields = new List<object>();
        for (var i = _random.Next(4); i >= 0; i--)
        {
            var field = new Dictionary<string, object> { ["type"] = Type(depth - 1, true), ["name"] = "f" + i.ToString(CultureInfo.InvariantCulture) };
            if (_random.Next(5) == 0) field["aliases"] = new[] { "z" + i, "y" + i };
            if (_random.Next(5) == 0) field["order"] = "descending";
            if (_random.Next(5) == 0) field["doc"] = "Feld";
            fields.Add(field);
        }
        // Named only now: a field may not refer to a record that is still being written without a way out of it.
        return new Dictionary<string, object> { ["fields"] = fields, ["name"] = Name(), ["type"] = "record", ["doc"] = "" };
    }

    private List<object> Union(int depth)
    {
        var branches = new List<object>();
        var used = new HashSet<string>();
        for (var i = _random.Next(1, 5); i > 0; i--)
        {
            var namesBefore = _named.Count;
            var branch = Type(depth - 1, union: false);
            var key = branch switch
            {
                string name => name,
                Dictionary<string, object> json when json["type"] is "array" or "map" || Primitives.Contains(json["type"]) => (string)json["type"],
                Dictionary<string, object> json => (string)json["name"],
                _ => "",
            };
            if (used.Add(key)) branches.Add(branch);
            else _named.RemoveRange(namesBefore, _named.Count - namesBefore);
        }
        return branches;
    }

    private string Name()
    {
        var name = (_random.Next(3) == 0 ? "n" + _random.Next(3).ToString(CultureInfo.InvariantCulture) + ".sub." : "top.") + "T" + (_names++).ToString(CultureInfo.InvariantCulture);
        _named.Add(name);
        return name;
    }
}
