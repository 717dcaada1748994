using System.Globalization;
using Gateway.Client.Fetching;
using Gateway.HttpProxy.Http;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Streams;

/// <summary>What the parameters of a stream ask for (http-proxy §9.1), read before anything is looked up.</summary>
internal sealed class StreamQuery
{
    /// <summary>The parameters a stream has.</summary>
    internal static readonly IReadOnlyList<string> Names =
    [
        "partitions", "from", "until", "reset", "cursor", "cursors", "group", "commit", "format", "bigint", "filter", "isolation", "max_records", "max_rate",
        "heartbeat", "lag",
    ];

    private const string OffsetPrefix = "offset:";
    private const string TimestampPrefix = "timestamp:";
    private const string CloudEvents = "cloudevents";
    private const long MostPerSecond = 1_000_000_000;

    private static readonly TimeSpan s_defaultHeartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_longestHeartbeat = TimeSpan.FromMinutes(5);

    /// <summary>The partitions to read; null for all.</summary>
    internal HashSet<int>? Partitions { get; private init; }

    /// <summary>Where a client says that it was; it goes before <see cref="From"/>.</summary>
    internal StreamCursor? Cursor { get; private init; }

    /// <summary>Where to start.</summary>
    internal StreamFrom From { get; private init; } = StreamFrom.Earliest;

    /// <summary>How keys and values stand; null finds out for each.</summary>
    internal EmbeddedFormat? Format { get; private init; }

    /// <summary>Each record is a CloudEvent, whatever the format.</summary>
    internal bool IsEvents { get; private init; }

    /// <summary>Whether records of open and aborted transactions come too.</summary>
    internal IsolationLevel Isolation { get; private init; }

    /// <summary>Rest after which the stream says that it is alive; zero for never.</summary>
    internal TimeSpan Heartbeat { get; private init; }

    /// <summary>How often the stream says how far it is behind; zero for never.</summary>
    internal TimeSpan LagInterval { get; private init; }

    /// <summary>The stream is over where the log ended when it began.</summary>
    internal bool IsUntilEnd { get; private init; }

    /// <summary>By partition, the offset at which the stream is over.</summary>
    internal IReadOnlyDictionary<int, long>? UntilOffsets { get; private init; }

    /// <summary>The stream is over in front of the first record that is as young as that, or where the log ended when it began.</summary>
    internal long? UntilTimestamp { get; private init; }

    /// <summary>How many records at most.</summary>
    internal long MaxRecords { get; private init; }

    /// <summary>The consumer group whose member the stream is; null for none.</summary>
    internal string? Group { get; private init; }

    /// <summary>The client commits, by cursors; else what was sent is committed.</summary>
    internal bool CommitsByCursor { get; private init; }

    /// <summary>Whether there is an end at all.</summary>
    internal bool HasEnd => EndsSoon || UntilOffsets is not null;

    /// <summary>Whether all that it will send was there when it began.</summary>
    internal bool EndsSoon => IsUntilEnd || UntilTimestamp is not null;

    /// <summary>How many records in a second at most; null for as many as there are.</summary>
    internal long? MaxRate { get; private init; }

    /// <summary>Which records are sent; null for all.</summary>
    internal RecordFilter? Filter { get; private init; }

    /// <summary>Whether whole numbers that a browser would round stand as strings.</summary>
    internal bool HasBigIntegersAsText { get; private init; }

    /// <summary>Whether each object has its cursor as a member, for clients that get no ids of events.</summary>
    internal bool HasCursors { get; private init; }

    /// <summary>Where to go on when the offset asked for is no longer, or not yet, there; null says so and ends.</summary>
    internal StreamFrom? Reset { get; private init; }

    /// <summary>Reads the parameters of a request.</summary>
    /// <exception cref="ProblemException">One is not served: 400.</exception>
    internal static StreamQuery Read(ProxyCall call)
    {
        IQueryCollection query = call.Context.Request.Query;
        string until = query["until"].ToString();
        long? untilTimestamp = until.StartsWith(TimestampPrefix, StringComparison.Ordinal) ? ReadTime("until", until) : null;
        if (untilTimestamp > call.Service.Client.Options.Time.GetUtcNow().ToUnixTimeMilliseconds())
            throw Refused("until", $"needs a time that has come, not '{until}'");
        string format = query["format"].ToString();
        bool isEvents = format == CloudEvents;
        string? group = query.ContainsKey("group") ? ReadGroup(query) : null;
        TimeSpan heartbeat = query.ContainsKey("heartbeat") ? ReadHeartbeat(query["heartbeat"].ToString()) : s_defaultHeartbeat;
        bool hasLag = ReadFlag(query, "lag");
        if (hasLag && heartbeat == TimeSpan.Zero) throw Refused("lag", "comes in the rhythm of heartbeats, of which there are none");
        if (group is null && query.ContainsKey("commit")) throw Refused("commit", "goes with group only");
        return new StreamQuery
        {
            Partitions = query.ContainsKey("partitions") ? ReadPartitions(query["partitions"].ToString()) : null,
            Cursor = CursorOf(call.Context.Request),
            From = ReadFrom(query["from"].ToString(), call.Service.Client.Options.Time),
            IsEvents = isEvents,
            Format = isEvents ? EmbeddedFormat.Json : FormatOf(format, CloudEvents),
            Isolation = call.Isolation(),
            Heartbeat = heartbeat,
            LagInterval = hasLag ? heartbeat : TimeSpan.Zero,
            IsUntilEnd = until == "end",
            UntilTimestamp = untilTimestamp,
            UntilOffsets = until is "" or "end" || untilTimestamp is not null ? null : ReadOffsets("until", until),
            MaxRecords = call.QueryNumber("max_records", 1, long.MaxValue) ?? long.MaxValue,
            Group = group,
            CommitsByCursor = query["commit"].ToString() switch
            {
                "" or "auto" => false,
                "cursor" => true,
                _ => throw Refused("commit", "must be auto or cursor"),
            },
            MaxRate = call.QueryNumber("max_rate", 1, MostPerSecond),
            Filter = RecordFilter.Read(query["filter"], isEvents),
            HasBigIntegersAsText = call.HasBigIntegersAsText(),
            HasCursors = ReadFlag(query, "cursors"),
            Reset = query["reset"].ToString() switch
            {
                // A group goes on where there is something, as its other members do.
                "" when group is not null => StreamFrom.Earliest,
                "" or "none" => null,
                "earliest" => StreamFrom.Earliest,
                "latest" => StreamFrom.Latest,
                _ => throw Refused("reset", "must be earliest, latest or none"),
            },
        };
    }

    /// <summary>The format of that name; json without one; null for <c>auto</c>.</summary>
    /// <exception cref="ProblemException">There is none: 400.</exception>
    internal static EmbeddedFormat? FormatOf(string name, string? alsoServed = null) => name switch
    {
        "" => EmbeddedFormat.Json,
        "auto" => null,
        _ => EmbeddedFormats.OfName(name)
            ?? throw Refused("format", $"must be auto, {string.Join(", ", EmbeddedFormats.All.Select(EmbeddedFormats.NameOf).Append(alsoServed).OfType<string>())}"),
    };

    internal static ProblemException Refused(string parameter, string why) => new(Problem.InvalidParameter, $"Parameter {parameter} {why}.");

    /// <summary>A browser that comes back sends the header; the parameter is for everybody else.</summary>
    private static StreamCursor? CursorOf(HttpRequest request)
    {
        string text = request.Headers["Last-Event-ID"].ToString();
        if (text.Length == 0) text = request.Query["cursor"].ToString();
        return text.Length == 0 ? null : StreamCursor.Read(text);
    }

    private static bool ReadFlag(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" or "false" => false,
        "true" => true,
        _ => throw Refused(name, "must be true or false"),
    };

    private static string ReadGroup(IQueryCollection query)
    {
        string group = query["group"].ToString();
        if (group.Length == 0) throw Refused("group", "must be the name of a group");
        VisibleName.Require("group", group);
        return query.ContainsKey("partitions") ? throw Refused("partitions", "does not go with group, which shares them out") : group;
    }

    private static HashSet<int> ReadPartitions(string text)
    {
        var partitions = new HashSet<int>();
        foreach (string part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int partition))
                throw Refused("partitions", $"must be numbers with commas between them, not '{text}'");
            partitions.Add(partition);
        }
        return partitions;
    }

    private static StreamFrom ReadFrom(string text, TimeProvider time)
    {
        if (text is "" or "earliest") return StreamFrom.Earliest;
        if (text == "latest") return StreamFrom.Latest;
        if (text.StartsWith(OffsetPrefix, StringComparison.Ordinal)) return StreamFrom.At(ReadOffsets("from", text));
        if (text.StartsWith(TimestampPrefix, StringComparison.Ordinal)) return StreamFrom.Since(ReadTime("from", text));
        if (text[0] == '-' && TryReadSpan(text[1..], out TimeSpan ago))
            return StreamFrom.Since(time.GetUtcNow().ToUnixTimeMilliseconds() - (long)ago.TotalMilliseconds);
        throw Refused("from", $"must be earliest, latest, offset:<partition>:<offset>, timestamp:<time> or a span such as -1h, not '{text}'");
    }

    /// <summary>Offsets by partition: <c>offset:0:5,1:7</c>, where the word may stand before each.</summary>
    private static Dictionary<int, long> ReadOffsets(string parameter, string text)
    {
        var offsets = new Dictionary<int, long>();
        if (!text.StartsWith(OffsetPrefix, StringComparison.Ordinal)) throw Faulty();
        foreach (string part in text.Split(','))
        {
            string pair = part.StartsWith(OffsetPrefix, StringComparison.Ordinal) ? part[OffsetPrefix.Length..] : part;
            int colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0
                || !int.TryParse(pair.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
                || !long.TryParse(pair.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
                || !offsets.TryAdd(partition, offset))
                throw Faulty();
        }
        return offsets;

        ProblemException Faulty() => Refused(parameter, $"has no offsets in the form offset:<partition>:<offset>,…, but '{text}'");
    }

    private static long ReadTime(string parameter, string text) =>
        TimeText.Milliseconds(text[TimestampPrefix.Length..])
            ?? throw Refused(parameter, $"needs {TimeText.Forms}, after timestamp:, but has '{text}'");

    private static TimeSpan ReadHeartbeat(string text) =>
        TryReadSpan(text, out TimeSpan span) && (span == TimeSpan.Zero || span >= TimeSpan.FromSeconds(1)) && span <= s_longestHeartbeat
            ? span
            : throw Refused("heartbeat", $"must be a span from 1s to 5m, or 0 for none, not '{text}'");

    private static bool TryReadSpan(string text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        string digits = text.TrimEnd('m', 's', 'h', 'd');
        long? unit = text[digits.Length..] switch
        {
            "" or "s" => TimeSpan.TicksPerSecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => null,
        };
        // Nine digits of days are more than there are.
        if (unit is not { } ticks || digits.Length > 9 || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            return false;
        if (count > TimeSpan.FromDays(100 * 365).Ticks / ticks) return false;
        span = TimeSpan.FromTicks(count * ticks);
        return true;
    }
}
