using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Stores how far a group has read, as part of a transaction.</summary>
[KafkaRequest(ApiKey.TxnOffsetCommit, 0, 6, FlexibleFrom = 3)]
public sealed partial class TxnOffsetCommitRequest
{
    /// <summary>The transactional id.</summary>
    [Field]
    public string TransactionalId { get; set; } = "";

    /// <summary>The group's id.</summary>
    [Field]
    public string GroupId { get; set; } = "";

    /// <summary>The producer's id.</summary>
    [Field]
    public long ProducerId { get; set; }

    /// <summary>The producer's epoch.</summary>
    [Field]
    public short ProducerEpoch { get; set; }

    /// <summary>The member's generation, or its epoch in a consumer-protocol group; -1 from outside a group.</summary>
    [Field(From = 3)]
    public int GenerationIdOrMemberEpoch { get; set; } = -1;

    /// <summary>The id the coordinator gave the member; empty from outside a group.</summary>
    [Field(From = 3)]
    public string MemberId { get; set; } = "";

    /// <summary>The name of a static member; null for a dynamic one.</summary>
    [Field(From = 3)]
    public string? GroupInstanceId { get; set; }

    /// <summary>The topics.</summary>
    [Field]
    public List<TxnOffsetCommitRequestTopic> Topics { get; set; } = [];

    /// <summary>A topic whose offsets are committed.</summary>
    public sealed partial class TxnOffsetCommitRequestTopic
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 5, Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 6, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>The partitions.</summary>
        [Field]
        public List<TxnOffsetCommitRequestPartition> Partitions { get; set; } = [];
    }

    /// <summary>A partition and the offset to commit.</summary>
    public sealed partial class TxnOffsetCommitRequestPartition
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>The offset of the next record to read.</summary>
        [Field]
        public long CommittedOffset { get; set; }

        /// <summary>The leader epoch of the last record read before the commit; -1 when unknown.</summary>
        [Field(From = 2, Ignorable = true)]
        public int CommittedLeaderEpoch { get; set; } = -1;

        /// <summary>Whatever the client wants to keep with the offset.</summary>
        [Field]
        public string? CommittedMetadata { get; set; } = "";
    }
}

/// <summary>Says which offsets were stored.</summary>
[KafkaResponse(ApiKey.TxnOffsetCommit, 0, 6, FlexibleFrom = 3)]
public sealed partial class TxnOffsetCommitResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>The topics.</summary>
    [Field]
    public List<TxnOffsetCommitResponseTopic> Topics { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class TxnOffsetCommitResponseTopic
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 5, Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 6, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>The partitions.</summary>
        [Field]
        public List<TxnOffsetCommitResponsePartition> Partitions { get; set; } = [];
    }

    /// <summary>The answer for one partition.</summary>
    public sealed partial class TxnOffsetCommitResponsePartition
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }
    }
}
