using System.Buffers;
using System.Text.Json;
using Gateway.Schemas.Avro.Compatibility;
using Gateway.Schemas.Avro.Data;
using Gateway.Schemas.Avro.Model;
using Gateway.Schemas.Avro.Printing;
using Gateway.Schemas.Fingerprints;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Avro;

/// <summary>An Avro schema together with what its text rests on.</summary>
internal sealed class AvroDocument(AvroSchema root, IReadOnlySet<string> known, IReadOnlyList<SchemaReference> references) : ISchema
{
    private string? _canonicalText;
    private string? _normalizedText;

    public AvroSchema Root { get; } = root;

    public string SchemaType => SchemaTypes.Avro;

    public string? Name => (Root as AvroNamed)?.Name.Full;

    public IReadOnlyList<SchemaReference> References { get; } = references;

    public string CanonicalText => _canonicalText ??= AvroText.Print(Root, known, normalized: false);

    public string NormalizedText => _normalizedText ??= AvroText.Print(Root, known, normalized: true);

    public string ResolvedText => known.Count == 0 ? CanonicalText : AvroText.Print(Root, [], normalized: false);

    public string FingerprintText => AvroParsingForm.Print(Root);

    public IReadOnlyList<SchemaDifference> CompareAsReaderOf(ISchema writer, SchemaBudget budget) =>
        AvroComparison.Compare(Root, ((AvroDocument)writer).Root, budget);

    public void EncodeJson(JsonElement value, JsonForm form, IBufferWriter<byte> output, SchemaBudget budget) =>
        new AvroJsonEncoder(form, output, budget).Encode(Root, value);

    public void DecodeToJson(ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget) =>
        AvroJsonDecoder.Decode(Root, payload, form, output, budget);

    public void DecodeToJson(ISchema writer, ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget) =>
        AvroResolver.Decode(Root, ((AvroDocument)writer).Root, payload, form, output, budget);

    public void Validate(ReadOnlySpan<byte> payload, SchemaBudget budget)
    {
        using var nowhere = new Utf8JsonWriter(new DiscardedOutput());
        AvroJsonDecoder.Decode(Root, payload, JsonForm.Exact, nowhere, budget);
    }
}
