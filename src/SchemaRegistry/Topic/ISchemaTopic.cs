namespace Gateway.SchemaRegistry.Topic;

/// <summary>
/// The one partition that holds everything a registry knows. Narrow on purpose: the registry appends and reads, whoever stores the records.
/// </summary>
public interface ISchemaTopic : IAsyncDisposable
{
    /// <summary>Makes sure the topic exists and is compacted, never cut by time or size. Safe to repeat.</summary>
    ValueTask PrepareAsync(CancellationToken cancel);

    /// <summary>Offset after the last record, as of now.</summary>
    ValueTask<long> EndOffsetAsync(CancellationToken cancel);

    /// <summary>Id of the Kafka cluster the topic is on; empty when the cluster does not tell.</summary>
    ValueTask<string> ClusterIdAsync(CancellationToken cancel);

    /// <summary>
    /// Id of a topic of that cluster, fresh, as Kafka's tools write it; empty when the cluster gives its topics no ids, null when there is no such
    /// topic.
    /// </summary>
    ValueTask<string?> TopicIdAsync(string topic, CancellationToken cancel);

    /// <summary>Appends records one after the other, durably, and gives the offset of each.</summary>
    ValueTask<IReadOnlyList<long>> AppendAsync(IReadOnlyList<TopicWrite> writes, CancellationToken cancel);

    /// <summary>
    /// Records from an offset on; waits a moment when there are none yet and may then come back empty. Where the topic begins only further on, says so.
    /// </summary>
    ValueTask<TopicPage> ReadAsync(long offset, CancellationToken cancel);
}

/// <summary>A record to be written.</summary>
/// <param name="Key">Key bytes; compaction goes by them.</param>
/// <param name="Value">Value bytes, or null to remove what the key stood for.</param>
/// <param name="TimestampMs">When it was written first, milliseconds since 1970; null for now.</param>
public sealed record TopicWrite(byte[] Key, byte[]? Value, long? TimestampMs = null);

/// <summary>A record read.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="TimestampMs">When it was written.</param>
/// <param name="Key">Key bytes; null where a stranger wrote none.</param>
/// <param name="Value">Value bytes, or null where the key is removed.</param>
public sealed record TopicRecord(long Offset, long TimestampMs, byte[]? Key, byte[]? Value);

/// <summary>A stretch of the topic.</summary>
/// <param name="Records">The records, in order; offsets may have gaps.</param>
/// <param name="NextOffset">Where to read on.</param>
public sealed record TopicPage(IReadOnlyList<TopicRecord> Records, long NextOffset)
{
    /// <summary>Whether the topic no longer holds what was asked for, and begins only at <see cref="NextOffset"/>.</summary>
    public bool IsCutAway { get; init; }
}

/// <summary>The topic could not be read or written just now. Worth trying again.</summary>
public sealed class SchemaTopicException : Exception
{
    /// <summary>A failure with its reason.</summary>
    public SchemaTopicException(string message) : base(message) { }

    /// <summary>A failure with its cause.</summary>
    public SchemaTopicException(string message, Exception inner) : base(message, inner) { }

    /// <summary>Whether the record itself was refused for its size, so that trying again is no use.</summary>
    public bool IsTooLarge { get; init; }

    /// <summary>How many bytes the topic takes at most, where it refused a record for its size and tells.</summary>
    public int? TakesAtMost { get; init; }
}
