using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Schemas;

namespace Gateway.Fuzz.Hostile;

/// <summary>What is done with hostile inputs, each with an answer in words.</summary>
internal static class Attempt
{
    public static SchemaParseResult Parse(string language, string text, params IReadOnlyList<ResolvedReference> references) =>
        SchemaLanguages.All.Parse(language, text, references, SchemaParseOptions.New);

    public static ResolvedReference Reference(string name, string text, bool isDirect = true) =>
        new(new SchemaReference(name, name, 1), text, isDirect);

    /// <summary>Parses, prints in all forms and compares with itself.</summary>
    public static Func<string> All(string language, string text, params IReadOnlyList<ResolvedReference> references) => () => Told(() =>
    {
        var parsed = Parse(language, text, references);
        if (parsed.Schema is not { } schema) return $"refused: {parsed.Error}";
        var printed = schema.CanonicalText.Length + schema.NormalizedText.Length + schema.FingerprintText.Length;
        var differences = schema.CompareAsReaderOf(schema, SchemaBudget.Default).Count;
        return printed > 0 && differences == 0 ? "parses" : $"does not read itself: {differences} differences";
    });

    /// <summary>Compares two schemas.</summary>
    public static Func<string> Compare(string language, string reader, string writer)
    {
        var (first, second) = (Parse(language, reader).Schema!, Parse(language, writer).Schema!);
        return () => Told(() => first.CompareAsReaderOf(second, SchemaBudget.Default).Count is > 0 and var count ? $"{count} differences" : "compatible");
    }

    /// <summary>Decodes a payload to JSON.</summary>
    public static Func<string> Decode(string language, string text, byte[] payload)
    {
        var schema = Parse(language, text).Schema!;
        return () => Told(() =>
        {
            using var json = new Utf8JsonWriter(new ArrayBufferWriter<byte>(), new JsonWriterOptions { MaxDepth = 20_000 });
            schema.DecodeToJson(payload, JsonForm.Exact, json, SchemaBudget.Default);
            return $"decodes to {json.BytesCommitted + json.BytesPending} bytes";
        });
    }

    /// <summary>Reads a writer's payload with another schema.</summary>
    public static Func<string> Read(string language, string reader, string writer, byte[] payload)
    {
        var (first, second) = (Parse(language, reader).Schema!, Parse(language, writer).Schema!);
        return () => Told(() =>
        {
            using var json = new Utf8JsonWriter(new ArrayBufferWriter<byte>());
            first.DecodeToJson(second, payload, JsonForm.Exact, json, SchemaBudget.Default);
            return $"decodes to {json.BytesCommitted + json.BytesPending} bytes";
        });
    }

    /// <summary>Encodes a JSON value.</summary>
    public static Func<string> Encode(string language, string text, string json, JsonForm form = JsonForm.Exact)
    {
        var schema = Parse(language, text).Schema!;
        return () => Told(() =>
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 50_000 });
            var output = new ArrayBufferWriter<byte>();
            schema.EncodeJson(document.RootElement, form, output, SchemaBudget.Default);
            return $"encodes to {output.WrittenCount} bytes";
        });
    }

    /// <summary>Validates a payload (for JSON Schema: an instance).</summary>
    public static Func<string> Validate(string language, string text, string payload)
    {
        var parsed = Parse(language, text);
        return () => Told(() =>
        {
            if (parsed.Schema is not { } schema) return $"refused: {parsed.Error}";
            schema.Validate(Encoding.UTF8.GetBytes(payload), SchemaBudget.Default);
            return "valid";
        });
    }

    private static string Told(Func<string> work)
    {
        try
        {
            return work();
        }
        catch (SchemaDataException fault)
        {
            return $"no data: {fault.Message}";
        }
        catch (SchemaBudgetException fault)
        {
            return $"too much: {fault.Message}";
        }
    }
}
