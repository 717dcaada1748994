using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks how far a group has read.</summary>
[KafkaRequest(ApiKey.OffsetFetch, 0, 10, FlexibleFrom = 6)]
public sealed partial class OffsetFetchRequest
{
    /// <summary>The group's id.</summary>
    [Field(To = 7)]
    public string GroupId { get; set; } = "";

    /// <summary>The topics asked about; null for all.</summary>
    [Field(To = 7, NullableFrom = 2)]
    public List<OffsetFetchRequestTopic>? Topics { get; set; } = [];

    /// <summary>The groups asked about.</summary>
    [Field(From = 8)]
    public List<OffsetFetchRequestGroup> Groups { get; set; } = [];

    /// <summary>Whether to refuse offsets that a running transaction may still change.</summary>
    [Field(From = 7)]
    public bool RequireStable { get; set; }

    /// <summary>A topic asked about.</summary>
    public sealed partial class OffsetFetchRequestTopic
    {
        /// <summary>The topic's name.</summary>
        [Field]
        public string Name { get; set; } = "";

        /// <summary>The partitions asked about.</summary>
        [Field]
        public List<int> PartitionIndexes { get; set; } = [];
    }

    /// <summary>A group asked about.</summary>
    public sealed partial class OffsetFetchRequestGroup
    {
        /// <summary>The group's id.</summary>
        [Field]
        public string GroupId { get; set; } = "";

        /// <summary>The id the coordinator gave the member; empty before that.</summary>
        [Field(From = 9, Ignorable = true)]
        public string? MemberId { get; set; }

        /// <summary>The member's epoch in a consumer-protocol group; -1 otherwise.</summary>
        [Field(From = 9, Ignorable = true)]
        public int MemberEpoch { get; set; } = -1;

        /// <summary>The topics asked about; null for all.</summary>
        [Field]
        public List<OffsetFetchRequestTopics>? Topics { get; set; } = [];
    }

    /// <summary>A topic asked about within one group.</summary>
    public sealed partial class OffsetFetchRequestTopics
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 9, Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 10, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>The partitions asked about.</summary>
        [Field]
        public List<int> PartitionIndexes { get; set; } = [];
    }
}

/// <summary>The committed offsets.</summary>
[KafkaResponse(ApiKey.OffsetFetch, 0, 10, FlexibleFrom = 6)]
public sealed partial class OffsetFetchResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 3, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>The topics.</summary>
    [Field(To = 7)]
    public List<OffsetFetchResponseTopic> Topics { get; set; } = [];

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field(From = 2, To = 7, Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>One answer per group asked about.</summary>
    [Field(From = 8)]
    public List<OffsetFetchResponseGroup> Groups { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class OffsetFetchResponseTopic
    {
        /// <summary>The topic's name.</summary>
        [Field]
        public string Name { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<OffsetFetchResponsePartition> Partitions { get; set; } = [];
    }

    /// <summary>The offset committed for one partition.</summary>
    public sealed partial class OffsetFetchResponsePartition
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>The offset of the next record to read; -1 in an answer when none is committed.</summary>
        [Field]
        public long CommittedOffset { get; set; }

        /// <summary>The leader epoch of the last record read before the commit; -1 when unknown.</summary>
        [Field(From = 5, Ignorable = true)]
        public int CommittedLeaderEpoch { get; set; } = -1;

        /// <summary>Whatever the client keeps with the offset.</summary>
        [Field]
        public string? Metadata { get; set; } = "";

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }
    }

    /// <summary>The answer for one group.</summary>
    public sealed partial class OffsetFetchResponseGroup
    {
        /// <summary>The group's id.</summary>
        [Field]
        public string GroupId { get; set; } = "";

        /// <summary>The topics.</summary>
        [Field]
        public List<OffsetFetchResponseTopics> Topics { get; set; } = [];

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }
    }

    /// <summary>The answer for one topic of a group.</summary>
    public sealed partial class OffsetFetchResponseTopics
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 9, Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 10, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>The partitions.</summary>
        [Field]
        public List<OffsetFetchResponsePartitions> Partitions { get; set; } = [];
    }

    /// <summary>The offset committed for one partition of a group.</summary>
    public sealed partial class OffsetFetchResponsePartitions
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>The offset of the next record to read; -1 in an answer when none is committed.</summary>
        [Field]
        public long CommittedOffset { get; set; }

        /// <summary>The leader epoch of the last record read before the commit; -1 when unknown.</summary>
        [Field(Ignorable = true)]
        public int CommittedLeaderEpoch { get; set; } = -1;

        /// <summary>Whatever the client keeps with the offset.</summary>
        [Field]
        public string? Metadata { get; set; } = "";

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }
    }
}
