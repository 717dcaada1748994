using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Schemas;

namespace Gateway.Fuzz.Targets;

/// <summary>What the targets about data share: a schema that rarely changes, and conversions into bytes of their own.</summary>
internal sealed class SchemaData(string schemaType)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 5_000 };

    private string? _text;
    private ISchema? _schema;

    /// <summary>Splits an input at its first zero byte; no schema when it has none or it does not parse.</summary>
    public ISchema? Split(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> data)
    {
        data = default;
        var split = input.IndexOf((byte)0);
        if (split < 0) return null;
        data = input[(split + 1)..];
        var text = Encoding.UTF8.GetString(input[..split]);
        if (text == _text) return _schema;
        _text = text;
        return _schema = SchemaLanguages.All.Parse(schemaType, text, [], SchemaParseOptions.Stored).Schema;
    }

    public static byte[] Encode(ISchema schema, ReadOnlySpan<byte> json, JsonForm form)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 5_000 });
        using var document = JsonDocument.ParseValue(ref reader);
        var output = new ArrayBufferWriter<byte>();
        schema.EncodeJson(document.RootElement, form, output, SchemaBudget.Default);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Decode(ISchema schema, ReadOnlySpan<byte> payload, JsonForm form)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, Relaxed)) schema.DecodeToJson(payload, form, writer, SchemaBudget.Default);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Resolve(ISchema reader, ISchema writer, ReadOnlySpan<byte> payload, JsonForm form)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Relaxed)) reader.DecodeToJson(writer, payload, form, json, SchemaBudget.Default);
        return output.WrittenSpan.ToArray();
    }
}
