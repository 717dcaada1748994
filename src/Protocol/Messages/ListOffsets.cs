using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks for offsets by time, or for a log's start and end.</summary>
[KafkaRequest(ApiKey.ListOffsets, 0, 11, FlexibleFrom = 6)]
public sealed partial class ListOffsetsRequest
{
    /// <summary>The follower's node id; -1 for consumers.</summary>
    [Field]
    public int ReplicaId { get; set; }

    /// <summary>0 reads everything up to the high watermark, 1 only committed transactions.</summary>
    [Field(From = 2)]
    public sbyte IsolationLevel { get; set; }

    /// <summary>The topics.</summary>
    [Field]
    public List<ListOffsetsTopic> Topics { get; set; } = [];

    /// <summary>How long the broker may take, in ms.</summary>
    [Field(From = 10, Ignorable = true)]
    public int TimeoutMs { get; set; }

    /// <summary>A topic asked about.</summary>
    public sealed partial class ListOffsetsTopic
    {
        /// <summary>The topic's name.</summary>
        [Field]
        public string Name { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<ListOffsetsPartition> Partitions { get; set; } = [];
    }

    /// <summary>A partition and the time asked for.</summary>
    public sealed partial class ListOffsetsPartition
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>The leader epoch the caller knows, checked when it is not -1.</summary>
        [Field(From = 4, Ignorable = true)]
        public int CurrentLeaderEpoch { get; set; } = -1;

        /// <summary>A time in ms since 1970, or -1 end, -2 start, -3 largest timestamp, -4 local start, -5 tiered end.</summary>
        [Field]
        public long Timestamp { get; set; }

        /// <summary>How many offsets are wanted at most.</summary>
        [Field(To = 0)]
        public int MaxNumOffsets { get; set; } = 1;
    }
}

/// <summary>The offsets found.</summary>
[KafkaResponse(ApiKey.ListOffsets, 0, 11, FlexibleFrom = 6)]
public sealed partial class ListOffsetsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 2, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>The topics.</summary>
    [Field]
    public List<ListOffsetsTopicResponse> Topics { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class ListOffsetsTopicResponse
    {
        /// <summary>The topic's name.</summary>
        [Field]
        public string Name { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<ListOffsetsPartitionResponse> Partitions { get; set; } = [];
    }

    /// <summary>The answer for one partition.</summary>
    public sealed partial class ListOffsetsPartitionResponse
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>Segment starts before the time asked for, newest first.</summary>
        [Field(To = 0)]
        public List<long> OldStyleOffsets { get; set; } = [];

        /// <summary>The timestamp of the record found; -1 when there is none.</summary>
        [Field(From = 1)]
        public long Timestamp { get; set; } = -1;

        /// <summary>The offset found; -1 when there is none.</summary>
        [Field(From = 1)]
        public long Offset { get; set; } = -1;

        /// <summary>The leader epoch; -1 when unknown.</summary>
        [Field(From = 4)]
        public int LeaderEpoch { get; set; } = -1;
    }
}
