using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Schemas;

namespace Gateway.Benchmarks;

/// <summary>The order in one language: its schema, its JSON as that language writes it, and its payload.</summary>
internal sealed class Sample
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _output = new(1 << 14);
    private readonly Utf8JsonWriter _writer;

    private Sample(ISchema schema, byte[] payload)
    {
        _writer = new Utf8JsonWriter(_output, Relaxed);
        Schema = schema;
        Payload = payload;
        Decode();
        Json = _output.WrittenSpan.ToArray();
        Document = JsonDocument.Parse(Json);
    }

    public ISchema Schema { get; }

    public byte[] Payload { get; }

    public byte[] Json { get; }

    public JsonDocument Document { get; }

    /// <summary>Null where the language is not served.</summary>
    public static Sample? Of(string schemaType, string schemaFile)
    {
        if (SchemaLanguages.All.Parse(schemaType, Text(schemaFile), [], SchemaParseOptions.New).Schema is not { } schema) return null;
        using var document = JsonDocument.Parse(Text("order.json"));
        var output = new ArrayBufferWriter<byte>();
        schema.EncodeJson(document.RootElement, JsonForm.Plain, output, SchemaBudget.Default);
        return new Sample(schema, output.WrittenSpan.ToArray());
    }

    public void Decode()
    {
        Begin();
        Schema.DecodeToJson(Payload, JsonForm.Plain, _writer, SchemaBudget.Default);
        _writer.Flush();
    }

    public void Encode()
    {
        _output.ResetWrittenCount();
        Schema.EncodeJson(Document.RootElement, JsonForm.Plain, _output, SchemaBudget.Default);
    }

    /// <summary>From the JSON's bytes, as a request brings them.</summary>
    public void ParseAndEncode()
    {
        using var document = JsonDocument.Parse(Json);
        _output.ResetWrittenCount();
        Schema.EncodeJson(document.RootElement, JsonForm.Plain, _output, SchemaBudget.Default);
    }

    public void Validate() => Schema.Validate(Payload, SchemaBudget.Default);

    /// <summary>System.Text.Json reads the same JSON and writes it again, token by token: about the least that any JSON costs.</summary>
    public void RewriteTokens()
    {
        Begin();
        var reader = new Utf8JsonReader(Json);
        while (reader.Read()) Rewriting.Token(ref reader, _writer);
        _writer.Flush();
    }

    /// <summary>System.Text.Json reads the same JSON into a document and writes that again.</summary>
    public void RewriteDocument()
    {
        Begin();
        using var document = JsonDocument.Parse(Json);
        document.RootElement.WriteTo(_writer);
        _writer.Flush();
    }

    private void Begin()
    {
        _output.ResetWrittenCount();
        _writer.Reset(_output);
    }

    private static string Text(string name)
    {
        using var stream = typeof(Sample).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
