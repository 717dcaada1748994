using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Schemas.Avro;
using Gateway.Schemas.Compatibility;

namespace Gateway.Schemas.Tests;

/// <summary>Short ways to parse and convert, for the tests.</summary>
internal static class Parsed
{
    public static readonly AvroLanguage Avro = new();

    public static AvroDocument Schema(string text, params ResolvedReference[] references)
    {
        var result = Avro.Parse(text, references, SchemaParseOptions.New);
        Assert.True(result.Schema is not null, result.Error?.ToString());
        return (AvroDocument)result.Schema!;
    }

    public static SchemaError Error(string text, params ResolvedReference[] references)
    {
        var result = Avro.Parse(text, references, SchemaParseOptions.New);
        Assert.Null(result.Schema);
        return result.Error!;
    }

    public static ResolvedReference Reference(string name, string text) => new(new SchemaReference(name, name, 1), text, true);

    public static byte[] Encode(this ISchema schema, string json, JsonForm form = JsonForm.Exact)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 5000 });
        var output = new ArrayBufferWriter<byte>();
        schema.EncodeJson(document.RootElement, form, output, SchemaBudget.Default);
        return output.WrittenSpan.ToArray();
    }

    public static string Decode(this ISchema schema, byte[] bytes, JsonForm form = JsonForm.Exact) =>
        Json(writer => schema.DecodeToJson(bytes, form, writer, SchemaBudget.Default));

    public static string Resolve(string readerText, string writerText, string json, JsonForm form = JsonForm.Exact) =>
        Resolve(Schema(readerText), Schema(writerText), json, form);

    public static string Resolve(ISchema reader, ISchema writer, string json, JsonForm form = JsonForm.Exact)
    {
        var bytes = writer.Encode(json);
        return Json(output => reader.DecodeToJson(writer, bytes, form, output, SchemaBudget.Default));
    }

    public static IReadOnlyList<SchemaDifference> Differences(string reader, string writer) =>
        Schema(reader).CompareAsReaderOf(Schema(writer), SchemaBudget.Default);

    public static IReadOnlyList<string> Check(CompatibilityLevel level, string candidate, params string[] earlierNewestFirst) =>
        CompatibilityChecker.Check(level, Schema(candidate), [.. earlierNewestFirst.Select(text => Schema(text))], SchemaBudget.Default, out _);

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(writer);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
