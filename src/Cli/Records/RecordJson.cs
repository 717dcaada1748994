using System.Text;
using System.Text.Json.Nodes;
using Gateway.Common.Records;

namespace Gateway.Cli.Records;

/// <summary>A record as JSON. Bytes that are not UTF-8 are never damaged: they go into a field of their own as base64.</summary>
public static class RecordJson
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The record; an absent key or value is left out.</summary>
    public static JsonObject Of(ConsumedRecord consumed)
    {
        Record record = consumed.Record;
        var json = new JsonObject { ["topic"] = consumed.Topic };
        AddBytes(json, "key", record.Key);
        if (consumed.KeySchemaId is { } keySchema) json["key_schema_id"] = keySchema;
        AddBytes(json, "value", record.Value);
        if (consumed.ValueSchemaId is { } valueSchema) json["value_schema_id"] = valueSchema;
        if (record.Headers.Count > 0) json["headers"] = new JsonArray([.. record.Headers.Select(HeaderOf)]);
        json["timestamp"] = record.TimestampMs;
        json["partition"] = consumed.Partition;
        json["offset"] = record.Offset;
        return json;
    }

    private static JsonObject HeaderOf(RecordHeader header)
    {
        var json = new JsonObject { ["key"] = header.Key };
        AddBytes(json, "value", header.Value);
        return json;
    }

    private static void AddBytes(JsonObject json, string name, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } present) return;
        try
        {
            json[name] = Strict.GetString(present.Span);
        }
        catch (DecoderFallbackException)
        {
            json[name + "_base64"] = Convert.ToBase64String(present.Span);
        }
    }
}
