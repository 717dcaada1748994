using System.Collections.Immutable;

namespace Gateway.HttpProxy;

/// <summary>How the proxy behaves.</summary>
public sealed record ProxyOptions
{
    /// <summary>The largest record that a consumer instance is kept in: one that is assigned tens of thousands of partitions by hand.</summary>
    public const int LargestInstanceBytes = 8 * 1024 * 1024;

    /// <summary>
    /// Tells this proxy from others on the same cluster (Confluent's <c>id</c>): its consumer instances come back with it and with no other. Two that run
    /// at once must not have the same.
    /// </summary>
    public string Id { get; init; } = "";

    /// <summary>The compacted topic in which consumer instances are kept; empty to keep none beyond the process.</summary>
    public string ConsumersTopic { get; init; } = "__gateway_http_consumers";

    /// <summary>Topics in which services beside the proxy keep what they know: over HTTP they are read only.</summary>
    public IReadOnlySet<string> ServiceTopics { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>The address consumers are told to come back to; null takes the one they used (their <c>Host</c> header).</summary>
    public Uri? AdvertisedUrl { get; init; }

    /// <summary>Let producing to an unknown topic create it, if the broker's settings agree.</summary>
    public bool AllowTopicCreation { get; init; } = true;

    /// <summary>Largest request body.</summary>
    public int MaxRequestBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Largest record: its key and value as bytes, once they are decoded. What the topic takes is the broker's to say.</summary>
    public int MaxRecordBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Records in one batch with ids of the client's own (<c>api.v3.produce.batch.maximum.entries</c>).</summary>
    public int MaxBatchEntries { get; init; } = 10;

    /// <summary>Request bodies held in memory at a time; beyond it requests are refused with 429. An eighth is for those of up to 64 KiB.</summary>
    public long MaxBufferedRequestBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// What records on their way to readers hold at a time, inflated and as JSON; beyond it streams wait for their turn, and reads that cannot wait are
    /// refused with 429. A record that needs more than seven eighths of it stands without its key and value. 0 is an eighth of the memory that the process
    /// may have, from 64 to 256 MiB.
    /// </summary>
    public long MaxBufferedResponseBytes { get; init; }

    /// <summary>A request body of more than 64 KiB must get on by 64 KiB in each such period, or it is refused with 408.</summary>
    public TimeSpan BodyStallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A client must take 64 KiB of an answer with records in each such period, or its connection is cut.</summary>
    public TimeSpan ReaderStallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Keys and values in one answer, where the request does not say.</summary>
    public int DefaultResponseBytes { get; init; } = 1024 * 1024;

    /// <summary>Keys and values in one answer at most; one record always comes.</summary>
    public int MaxResponseBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Longest wait a request may ask for.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a poll waits where neither request nor instance says (<c>consumer.request.timeout.ms</c>).</summary>
    public TimeSpan ConsumerRequestTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>An instance nobody has used for so long is deleted (<c>consumer.instance.timeout.ms</c>).</summary>
    public TimeSpan ConsumerInstanceTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Instances at a time; beyond it creation is refused with 429.</summary>
    public int MaxConsumerInstances { get; init; } = 1000;

    /// <summary>The same for one client address.</summary>
    public int MaxConsumerInstancesPerClient { get; init; } = 1000;

    /// <summary>Streams of records, read or sent, at a time; beyond it another is refused with 429. One at rest takes about 7 KB.</summary>
    public int MaxStreams { get; init; } = 4096;

    /// <summary>The same for one client address.</summary>
    public int MaxStreamsPerClient { get; init; } = 2048;

    /// <summary>
    /// A stream of records, read or sent, ends after so long; a reader comes back with its cursor, and balancers get a chance
    /// (<c>streaming.connection.max.duration.ms</c>).
    /// </summary>
    public TimeSpan MaxStreamAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Requests in a second; beyond it they are refused with 429 and the time after which one is taken again. 0 is without a limit.</summary>
    public int MaxRequestsPerSecond { get; init; }

    /// <summary>The same for one client address.</summary>
    public int MaxRequestsPerSecondPerClient { get; init; }

    /// <summary>Tell in <c>Server-Timing</c> what the time of a request went into.</summary>
    public bool ServerTiming { get; init; } = true;

    /// <summary>
    /// Refuse <c>application/json</c> where the v2 media types are meant, as some proxies do. Off: it stands for the v2 type,
    /// and for the json format in records.
    /// </summary>
    public bool StrictMediaTypes { get; init; }

    /// <summary>
    /// Whose clients the v2 dialect suits where Confluent's proxy and Redpanda's contradict each other: <c>confluent</c>, <c>redpanda</c>, or this proxy's
    /// own if empty.
    /// </summary>
    public string Profile { get; init; } = "";

    /// <summary>With sequence numbers, so that a repeated batch is stored once.</summary>
    public bool IdempotentProducer { get; init; } = true;

    internal long EffectiveMaxBufferedResponseBytes => MaxBufferedResponseBytes > 0 ? MaxBufferedResponseBytes
        : Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, 64L << 20, 256L << 20);
}
