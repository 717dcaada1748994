using System.Globalization;
using System.Text.Json;
using Gateway.Client.Fetching;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Streams;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>Where to read one partition: an offset, or what is to be looked up for one.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset; -1 when it is to be looked up.</param>
/// <param name="Timestamp">Milliseconds since 1970, or one of the ends, to be looked up.</param>
internal readonly record struct FetchPoint(int Partition, long Offset, long Timestamp);

/// <summary>A read of several partitions: <c>{"partitions": [{"id", "offset"}], …}</c>, or with what an earlier answer gave as <c>next</c>.</summary>
/// <param name="Points">Where to read.</param>
/// <param name="MaxBytes">Keys and values in the answer; one record always comes.</param>
/// <param name="MaxRecords">Records in the answer.</param>
/// <param name="Wait">How long to wait for the first record.</param>
/// <param name="Format">How keys and values stand; null finds out.</param>
/// <param name="Isolation">Whether records of open and aborted transactions come too.</param>
internal sealed record FetchBody(
    IReadOnlyList<FetchPoint> Points, int MaxBytes, long MaxRecords, TimeSpan Wait, EmbeddedFormat? Format, IsolationLevel Isolation)
{
    /// <summary>Reads the body of a request.</summary>
    /// <exception cref="ProblemException">It is none: 400.</exception>
    internal static FetchBody Read(JsonElement root, ProxyOptions options)
    {
        JsonElement source = root.Member("next") ?? root;
        var points = new List<FetchPoint>();
        foreach (JsonElement partition in source.Items("partitions"))
        {
            int id = partition.Number("id") ?? partition.Number("partition_id") ?? throw V3Call.Refused("each of partitions needs an id");
            if (id < 0 || points.Exists(point => point.Partition == id))
                throw V3Call.Refused($"the partition {id} is negative or there twice");
            points.Add(PointOf(id, partition));
        }
        if (points.Count is 0 or > StreamStart.MaxPartitions)
            throw V3Call.Refused($"partitions must name from 1 to {StreamStart.MaxPartitions} partitions, not {points.Count}");
        long maxBytes = Bounded(root, "max_bytes") ?? options.DefaultResponseBytes;
        TimeSpan wait = TimeSpan.FromMilliseconds(Bounded(root, "wait") ?? 0);
        return new FetchBody(
            points, (int)Math.Min(maxBytes, options.MaxResponseBytes), Bounded(root, "max_records") ?? long.MaxValue,
            wait < options.MaxWait ? wait : options.MaxWait, StreamQuery.FormatOf(root.Text("format") ?? ""),
            ProxyCall.ReadIsolation(root.Text("isolation") ?? "") ?? throw V3Call.Refused("isolation must be read_uncommitted or read_committed"));
    }

    /// <summary>Where an <c>offset</c> points that is a number or one of the ends by name.</summary>
    internal static FetchPoint PointOf(int partition, string offset) => offset switch
    {
        "" or "earliest" => new FetchPoint(partition, -1, OffsetLookup.Earliest),
        "latest" => new FetchPoint(partition, -1, OffsetLookup.Latest),
        _ when long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out long number) => new FetchPoint(partition, number, 0),
        _ => throw V3Call.Refused($"offset must be a number, earliest or latest, not '{offset}'"),
    };

    private static FetchPoint PointOf(int id, JsonElement partition) => partition.Member("offset") switch
    {
        null when partition.Member("timestamp") is { } time =>
            new FetchPoint(id, -1, TimeOf(time) ?? throw V3Call.Refused($"timestamp must be {TimeText.Forms}")),
        null => new FetchPoint(id, -1, OffsetLookup.Earliest),
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out long offset) && offset >= 0 => new FetchPoint(id, offset, 0),
        { ValueKind: JsonValueKind.String } name => PointOf(id, name.GetString()!),
        _ => throw V3Call.Refused("offset must be a number, earliest or latest"),
    };

    private static long? TimeOf(JsonElement time) => time.ValueKind switch
    {
        JsonValueKind.Number when time.TryGetInt64(out long milliseconds) && milliseconds >= 0 => milliseconds,
        JsonValueKind.String => TimeText.Milliseconds(time.GetString()!),
        _ => null,
    };

    private static long? Bounded(JsonElement root, string name) => root.Number(name) switch
    {
        null => null,
        < 0 => throw V3Call.Refused($"{name} must not be negative"),
        { } number => number,
    };
}
