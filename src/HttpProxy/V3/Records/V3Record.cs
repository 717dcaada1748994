using System.Globalization;
using System.Text.Json;
using Gateway.Common.Records;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>A record as the v3 dialect takes it (http-proxy §4.3).</summary>
/// <param name="Partition">The partition asked for; -1 leaves it to the key.</param>
/// <param name="TimestampMs">When it happened; -1 is now.</param>
/// <param name="Headers">Its headers; null for none.</param>
/// <param name="Key">Its key; null is Kafka's null.</param>
/// <param name="Value">Its value; null is Kafka's null.</param>
internal sealed record V3Record(int Partition, long TimestampMs, List<RecordHeader>? Headers, RecordData? Key, RecordData? Value)
{
    /// <summary>The levels it has around the data of a key or value.</summary>
    internal const int LevelsAroundData = 2;

    /// <summary>Reads a record.</summary>
    /// <exception cref="Http.ProblemException">It is none: 400.</exception>
    internal static V3Record Read(JsonElement record)
    {
        record.RequireOnce("topic", "id", "partition_id", "timestamp", "headers", "key", "value");
        int partition = record.Number("partition_id") ?? -1;
        if (partition < -1 || (partition == -1 && record.Member("partition_id") is not null)) throw V3Call.Refused("partition_id must not be negative");
        return new V3Record(partition, TimestampOf(record), HeadersOf(record), RecordData.Read(record, "key"), RecordData.Read(record, "value"));
    }

    private static long TimestampOf(JsonElement record)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (record.Text("timestamp") is not { } text) return -1;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out DateTimeOffset time) && time.ToUnixTimeMilliseconds() >= 0
            ? time.ToUnixTimeMilliseconds()
            : throw V3Call.Refused("timestamp must be a date and time such as 2026-01-31T12:00:00Z");
    }

    private static List<RecordHeader>? HeadersOf(JsonElement record)
    {
        List<RecordHeader>? headers = null;
        foreach (JsonElement header in record.Items("headers"))
        {
            header.RequireOnce("name", "value");
            if (header.Text("name") is not { } name) throw V3Call.Refused("a header needs a name");
            byte[]? value = null;
            if (header.Member("value") is { } data && (data.ValueKind != JsonValueKind.String || !data.TryGetBytesFromBase64(out value)))
                throw V3Call.Refused("a header's value must be a base64 string or null");
            // Not "value is null ? null : value": that would turn null into empty memory.
            (headers ??= []).Add(value is null ? new RecordHeader(name, null) : new RecordHeader(name, value));
        }
        return headers;
    }
}
