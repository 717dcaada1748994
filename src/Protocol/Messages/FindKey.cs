using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>
/// Asks all partitions of a topic for the batches that were written with an idempotency key. Ours, not Kafka's: between the rooms of a process, never on
/// a socket.
/// </summary>
[KafkaRequest(ApiKey.FindKey, 0, 0, FlexibleFrom = 0)]
public sealed partial class FindKeyRequest
{
    /// <summary>The topic's id.</summary>
    [Field]
    public Guid TopicId { get; set; }

    /// <summary>The key, as batches carry it in place of a producer's id.</summary>
    [Field]
    public long Key { get; set; }
}

/// <summary>The batches that were found, committed all.</summary>
[KafkaResponse(ApiKey.FindKey, 0, 0, FlexibleFrom = 0)]
public sealed partial class FindKeyResponse
{
    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>. A partition that cannot tell fails all.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
    [Field]
    public string? ErrorMessage { get; set; }

    /// <summary>One for each partition that has a batch of the key.</summary>
    [Field]
    public List<FoundBatch> Batches { get; set; } = [];

    /// <summary>A batch that was written with the key.</summary>
    public sealed partial class FoundBatch
    {
        /// <summary>Its partition.</summary>
        [Field]
        public int Partition { get; set; }

        /// <summary>What it carries in place of a producer's epoch.</summary>
        [Field]
        public short Epoch { get; set; }

        /// <summary>What it carries in place of a sequence.</summary>
        [Field]
        public int Sequence { get; set; }

        /// <summary>The offset of its first record.</summary>
        [Field]
        public long BaseOffset { get; set; }

        /// <summary>Its highest timestamp.</summary>
        [Field]
        public long TimestampMs { get; set; }

        /// <summary>The broker's time, where it stands in the records instead of theirs; else -1.</summary>
        [Field]
        public long LogAppendTimeMs { get; set; } = -1;
    }
}
