using Gateway.Common.Records;

namespace Gateway.Client.Producing;

/// <summary>Which acknowledgement a producer waits for; the numbers are Kafka's.</summary>
public enum Acks : short
{
    /// <summary>The leader and every replica in sync.</summary>
    All = -1,

    /// <summary>Nobody: offsets stay unknown, and losses unnoticed.</summary>
    None = 0,

    /// <summary>The leader alone.</summary>
    Leader = 1,
}

/// <summary>How a <see cref="Producer"/> behaves.</summary>
public sealed record ProducerOptions
{
    /// <summary>Which acknowledgement to wait for.</summary>
    public Acks Acks { get; init; } = Acks.All;

    /// <summary>Codec of the batches built here.</summary>
    public CompressionType Compression { get; init; } = CompressionType.None;

    /// <summary>
    /// With sequence numbers, so that a repeated batch is stored once. Needs <see cref="Acks.All"/> and a broker that offers
    /// InitProducerId; with other acks it has no effect.
    /// </summary>
    public bool Idempotent { get; init; } = true;

    /// <summary>Where a batch is closed, in bytes before compression. A larger record makes a batch of its own.</summary>
    public int MaxBatchBytes { get; init; } = 1_000_000;

    /// <summary>Bytes waiting or under way; further callers wait.</summary>
    public long MaxBufferedBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>From the call until the batch is given up.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the leader may wait for its replicas.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Let the broker create topics that do not exist, if its settings agree.</summary>
    public bool AllowTopicCreation { get; init; }

    /// <summary>How long to wait for a topic that the broker may be creating.</summary>
    public TimeSpan TopicCreationWait { get; init; } = TimeSpan.FromSeconds(2);
}
