using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Stores how far a group has read.</summary>
[KafkaRequest(ApiKey.OffsetCommit, 0, 10, FlexibleFrom = 8)]
public sealed partial class OffsetCommitRequest
{
    /// <summary>The group's id.</summary>
    [Field]
    public string GroupId { get; set; } = "";

    /// <summary>The member's generation, or its epoch in a consumer-protocol group; -1 from outside a group.</summary>
    [Field(From = 1, Ignorable = true)]
    public int GenerationIdOrMemberEpoch { get; set; } = -1;

    /// <summary>The id the coordinator gave the member; empty before that.</summary>
    [Field(From = 1, Ignorable = true)]
    public string MemberId { get; set; } = "";

    /// <summary>The name of a static member; null for a dynamic one.</summary>
    [Field(From = 7)]
    public string? GroupInstanceId { get; set; }

    /// <summary>How long to keep the offsets, in ms; -1 for the broker's own retention.</summary>
    [Field(From = 2, To = 4, Ignorable = true)]
    public long RetentionTimeMs { get; set; } = -1;

    /// <summary>The topics.</summary>
    [Field]
    public List<OffsetCommitRequestTopic> Topics { get; set; } = [];

    /// <summary>A topic whose offsets are committed.</summary>
    public sealed partial class OffsetCommitRequestTopic
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 9, Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 10, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>The partitions.</summary>
        [Field]
        public List<OffsetCommitRequestPartition> Partitions { get; set; } = [];
    }

    /// <summary>A partition and the offset to commit.</summary>
    public sealed partial class OffsetCommitRequestPartition
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>The offset of the next record to read; -1 in an answer when none is committed.</summary>
        [Field]
        public long CommittedOffset { get; set; }

        /// <summary>When the offset was committed, in ms since 1970; -1 lets the broker say.</summary>
        [Field(From = 1, To = 1)]
        public long CommitTimestamp { get; set; } = -1;

        /// <summary>The leader epoch of the last record read before the commit; -1 when unknown.</summary>
        [Field(From = 6, Ignorable = true)]
        public int CommittedLeaderEpoch { get; set; } = -1;

        /// <summary>Whatever the client wants to keep with the offset.</summary>
        [Field]
        public string? CommittedMetadata { get; set; } = "";
    }
}

/// <summary>Says which offsets were stored.</summary>
[KafkaResponse(ApiKey.OffsetCommit, 0, 10, FlexibleFrom = 8)]
public sealed partial class OffsetCommitResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 3, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>The topics.</summary>
    [Field]
    public List<OffsetCommitResponseTopic> Topics { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class OffsetCommitResponseTopic
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 9, Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 10, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>The partitions.</summary>
        [Field]
        public List<OffsetCommitResponsePartition> Partitions { get; set; } = [];
    }

    /// <summary>The answer for one partition.</summary>
    public sealed partial class OffsetCommitResponsePartition
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }
    }
}
