using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Gateway.Common.Json;
using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Json.Compatibility;
using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Json.Printing;
using Gateway.Schemas.Json.Validation;

namespace Gateway.Schemas.Json;

/// <summary>A JSON Schema with what its text rests on. Its payload is JSON itself, so <see cref="JsonForm"/> makes no difference.</summary>
internal sealed class JsonSchemaDocument(
    SchemaNode root, SchemaValidator validator, IReadOnlyList<SchemaReference> references) : ISchema
{
    private string? _canonicalText;
    private string? _normalizedText;

    /// <summary>The schema.</summary>
    public SchemaNode Root { get; } = root;

    public string SchemaType => SchemaTypes.Json;

    public string? Name => Root.Find("title")?.Value is { ValueKind: JsonValueKind.String } title ? title.GetString() : null;

    public IReadOnlyList<SchemaReference> References { get; } = references;

    public string CanonicalText => _canonicalText ??= Print(sorted: false);

    public string NormalizedText => _normalizedText ??= Print(sorted: true);

    public string ResolvedText => References.Count == 0 ? CanonicalText : BundledText.Of(Root);

    public IReadOnlyList<SchemaDifference> CompareAsReaderOf(ISchema writer, SchemaBudget budget) =>
        CompareAsReaderOf(writer, CompatibilityPolicy.Strict, budget);

    public IReadOnlyList<SchemaDifference> CompareAsReaderOf(ISchema writer, CompatibilityPolicy policy, SchemaBudget budget) =>
        JsonSchemaComparison.Compare(Root, ((JsonSchemaDocument)writer).Root, policy, budget);

    public void EncodeJson(JsonElement value, JsonForm form, IBufferWriter<byte> output, SchemaBudget budget)
    {
        var utf8 = JsonMarshal.GetRawUtf8Value(value);
        PayloadJson.CheckText(utf8);
        PayloadJson.CheckDepth(utf8, budget);
        Check(value, budget);
        // As it was written: a writer would escape characters beyond the basic plane, and nobody could find the text again in its bytes.
        output.Advance(CompactJson.Copy(utf8, output.GetSpan(utf8.Length)));
    }

    public void DecodeToJson(ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget)
    {
        using var payloadJson = PayloadJson.Parse(payload, budget);
        payloadJson.WriteTo(output);
    }

    public void DecodeToJson(ISchema writer, ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget) =>
        DecodeToJson(payload, form, output, budget);

    public void Validate(ReadOnlySpan<byte> payload, SchemaBudget budget)
    {
        using var payloadJson = PayloadJson.Parse(payload, budget);
        Check(payloadJson.Root, budget);
    }

    private void Check(in JsonElement value, SchemaBudget budget)
    {
        try
        {
            if (validator.Validate(value, budget) is { } failure) throw new SchemaDataException(failure.Message);
        }
        catch (InsufficientExecutionStackException)
        {
            throw new SchemaBudgetException("the value is nested too deep");
        }
    }

    private string Print(bool sorted)
    {
        var output = new StringBuilder();
        Text.CompactJson.AppendValue(output, Root.Json, sorted, exact: true);
        return output.ToString();
    }
}
