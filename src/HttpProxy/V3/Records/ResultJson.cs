using System.Globalization;
using System.Text.Json;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>What became of a record, as JSON.</summary>
internal static class ResultJson
{
    /// <summary>The members of a record that was written.</summary>
    internal static void WriteStored(Utf8JsonWriter json, V3Call call, string topic, RecordResult result)
    {
        json.WriteString("cluster_id", call.ClusterId);
        json.WriteString("topic_name", topic);
        json.WriteNumber("partition_id", result.Partition);
        if (result.Offset >= 0) json.WriteNumber("offset", result.Offset);
        else json.WriteNull("offset");
        json.WriteString(
            "timestamp", DateTimeOffset.FromUnixTimeMilliseconds(result.TimestampMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        WritePart(json, "key", result.Key);
        WritePart(json, "value", result.Value);
    }

    private static void WritePart(Utf8JsonWriter json, string name, WrittenPart? part)
    {
        if (part is null) return;
        json.WriteStartObject(name);
        json.WriteString("type", part.Type);
        if (part.Schema is { } schema)
        {
            if (schema.Subject is { } subject) json.WriteString("subject", subject);
            json.WriteNumber("schema_id", schema.Id);
            if (schema.Version is { } version) json.WriteNumber("schema_version", version);
        }
        json.WriteNumber("size", part.Size);
        json.WriteEndObject();
    }
}
