using Gateway.Schemas.Avro.Model;

namespace Gateway.Schemas.Avro.Parsing;

/// <summary>The named types seen so far, over a text and everything it refers to.</summary>
internal sealed class AvroNames
{
    private readonly Dictionary<string, AvroNamed> _types = new(StringComparer.Ordinal);

    public IEnumerable<AvroNamed> All => _types.Values;

    public void Define(AvroNamed type)
    {
        if (AvroTypes.TryGetPrimitive(type.Name.Full, out _))
            throw new AvroParseException($"A type may not be called {type.Name.Full}, like a primitive");
        if (!_types.TryAdd(type.Name.Full, type)) throw new AvroParseException($"{type.Name.Full} is defined twice");
    }

    /// <summary>A short name is looked for in the enclosing namespace first, then in the null namespace.</summary>
    public AvroNamed? Find(string written, string? space)
    {
        if (_types.TryGetValue(AvroName.Of(written, space).Full, out var type)) return type;
        return written.Contains('.', StringComparison.Ordinal) ? null : _types.GetValueOrDefault(written);
    }
}
