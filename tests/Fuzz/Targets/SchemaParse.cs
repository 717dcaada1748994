using System.Text;
using Gateway.Fuzz.Engine;
using Gateway.Schemas;
using Gateway.Schemas.Fingerprints;

namespace Gateway.Fuzz.Targets;

/// <summary>
/// A schema text: it is refused by a value, or it parses, and then its canonical and normalised texts are fixed points and it reads its own data.
/// </summary>
internal sealed class SchemaParse(string language, string schemaType, IReadOnlyList<string> dictionary) : ITarget
{
    public string Name => $"{language}-parse";

    public IReadOnlyList<string> Dictionary => dictionary;

    public bool IsBinary => false;

    public string Try(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        var parsed = SchemaLanguages.All.Parse(schemaType, text, [], SchemaParseOptions.New);
        if (parsed.Schema is not { } schema) return $"refused: {Outcomes.Shape(parsed.Error!.Message)}";
        if (parsed.Error is not null) throw new FindingException("parses and is refused");
        try
        {
            return Holds(schema);
        }
        catch (SchemaBudgetException fault)
        {
            return $"too much: {Outcomes.Shape(fault.Message)}";
        }
    }

    private string Holds(ISchema schema)
    {
        var canonical = schema.CanonicalText;
        var again = Parse(canonical, "canonical");
        if (again.CanonicalText != canonical) throw new FindingException($"canonical text is no fixed point: {canonical} became {again.CanonicalText}");
        var normalized = schema.NormalizedText;
        if (again.NormalizedText != normalized) throw new FindingException($"the canonical text normalises to {again.NormalizedText}, not {normalized}");
        var normal = Parse(normalized, "normalised");
        if (normal.NormalizedText != normalized) throw new FindingException($"normalised text is no fixed point: {normalized} became {normal.NormalizedText}");
        if (SchemaFingerprint.Crc64(schema) != SchemaFingerprint.Crc64(again)) throw new FindingException("the canonical text has another fingerprint");
        // An alias that is also the name of another field makes an Avro record unreadable even to itself; registries have it so.
        var differences = schema.CompareAsReaderOf(again, SchemaBudget.Default);
        if (differences.Count > 0 && !canonical.Contains("\"aliases\":", StringComparison.Ordinal)) throw new FindingException($"does not read its own data: {differences[0]}");
        return $"parses: {Outcomes.Kinds(canonical)}";
    }

    private ISchema Parse(string text, string what) =>
        SchemaLanguages.All.Parse(schemaType, text, [], SchemaParseOptions.New) is { Schema: { } schema }
            ? schema
            : throw new FindingException($"the {what} text does not parse: {text}");
}
