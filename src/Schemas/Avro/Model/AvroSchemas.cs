using System.Text.Json;

namespace Gateway.Schemas.Avro.Model;

/// <summary>One Avro schema. Built by the parser, never changed after; compared by identity, so a recursive type is one object.</summary>
internal abstract class AvroSchema(AvroType type)
{
    public AvroType Type { get; } = type;

    /// <summary>Attributes the language does not define, in the order written. They are kept, never understood.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> Properties { get; set; } = [];

    /// <summary>The logical type when its attributes are valid; an invalid one is just attributes.</summary>
    public AvroLogicalType? LogicalType { get; set; }

    /// <summary>How a union calls this branch, and how differences name it: the full name, or the type's own.</summary>
    public virtual string BranchName => Type.WireName();
}

internal sealed class AvroPrimitive(AvroType type) : AvroSchema(type);

internal abstract class AvroNamed(AvroType type, AvroName name, string? doc) : AvroSchema(type)
{
    public AvroName Name { get; } = name;

    public string? Doc { get; } = doc;

    public IReadOnlyList<AvroName> Aliases { get; set; } = [];

    public override string BranchName => Name.Full;
}

internal sealed class AvroRecord(AvroName name, string? doc, bool isError) : AvroNamed(AvroType.Record, name, doc)
{
    private Dictionary<string, AvroField> _byName = [];

    public bool IsError { get; } = isError;

    public IReadOnlyList<AvroField> Fields { get; private set; } = [];

    public AvroField? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Set once, after the record's name is known to its own fields.</summary>
    public void SetFields(IReadOnlyList<AvroField> fields)
    {
        Fields = fields;
        _byName = fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
    }
}

internal sealed class AvroEnum(AvroName name, string? doc, IReadOnlyList<string> symbols, string? defaultSymbol)
    : AvroNamed(AvroType.Enum, name, doc)
{
    private readonly Dictionary<string, int> _ordinals = IndexOf(symbols);

    public IReadOnlyList<string> Symbols { get; } = symbols;

    public string? DefaultSymbol { get; } = defaultSymbol;

    public int OrdinalOf(string symbol) => _ordinals.GetValueOrDefault(symbol, -1);

    private static Dictionary<string, int> IndexOf(IReadOnlyList<string> symbols)
    {
        var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < symbols.Count; i++) ordinals.TryAdd(symbols[i], i);
        return ordinals;
    }
}

internal sealed class AvroFixed(AvroName name, string? doc, int size) : AvroNamed(AvroType.Fixed, name, doc)
{
    public int Size { get; } = size;
}

internal sealed class AvroArray(AvroSchema items) : AvroSchema(AvroType.Array)
{
    public AvroSchema Items { get; } = items;
}

internal sealed class AvroMap(AvroSchema values) : AvroSchema(AvroType.Map)
{
    public AvroSchema Values { get; } = values;
}

internal sealed class AvroUnion(IReadOnlyList<AvroSchema> branches) : AvroSchema(AvroType.Union)
{
    public IReadOnlyList<AvroSchema> Branches { get; } = branches;
}
