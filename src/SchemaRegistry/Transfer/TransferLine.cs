using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Common.Json;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Transfer;

/// <summary>One record of an export as a line of JSON: <c>{"timestamp":…,"key":{…},"value":{…}}</c>; a removed value is null.</summary>
internal static class TransferLine
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TopicWrite record, IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output, Relaxed))
        {
            json.WriteStartObject();
            if (record.TimestampMs is { } timestamp) json.WriteNumber("timestamp", timestamp);
            json.WritePropertyName("key");
            json.WriteRawValue(record.Key);
            json.WritePropertyName("value");
            if (record.Value is null) json.WriteNullValue();
            else json.WriteRawValue(record.Value);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    /// <summary>Reads a line; key and value may also be texts that hold JSON, as tools for topics print them.</summary>
    /// <exception cref="TransferException">It is not such a line.</exception>
    public static TopicRecord Read(string line, long number)
    {
        var utf8 = Encoding.UTF8.GetBytes(line);
        try
        {
            using var document = JsonDocument.Parse(utf8);
            if (JsonEscapes.HasLoneSurrogate(utf8)) throw new TransferException($"line {number}: a string of it is not text: it has half of a surrogate pair");
            var json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("key", out var key) || Bytes(key) is not { } keyBytes)
                throw new TransferException($"line {number}: it has no member key; each line is a record: {{\"key\":{{…}},\"value\":{{…}}}}");
            var timestamp = json.TryGetProperty("timestamp", out var written) && written.ValueKind == JsonValueKind.Number && written.TryGetInt64(out var ms) ? ms : 0;
            return new TopicRecord(number, timestamp, keyBytes, json.TryGetProperty("value", out var value) ? Bytes(value) : null);
        }
        catch (JsonException fault)
        {
            throw new TransferException($"line {number}: it is not JSON: {JsonSyntax.DescribeWithPlace(fault, utf8)}", fault);
        }
    }

    private static byte[]? Bytes(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => Encoding.UTF8.GetBytes(json.GetString()!),
        _ => Encoding.UTF8.GetBytes(json.GetRawText()),
    };
}
