using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks where leader epochs end, to find where two logs part.</summary>
[KafkaRequest(ApiKey.OffsetForLeaderEpoch, 0, 4, FlexibleFrom = 4)]
public sealed partial class OffsetForLeaderEpochRequest
{
    /// <summary>The follower's node id; -1 for consumers.</summary>
    [Field(From = 3, Ignorable = true)]
    public int ReplicaId { get; set; } = -2;

    /// <summary>The topics.</summary>
    [Field]
    public List<OffsetForLeaderTopic> Topics { get; set; } = [];

    /// <summary>A topic asked about.</summary>
    public sealed partial class OffsetForLeaderTopic
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Topic { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<OffsetForLeaderPartition> Partitions { get; set; } = [];
    }

    /// <summary>A partition and the epoch asked about.</summary>
    public sealed partial class OffsetForLeaderPartition
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int Partition { get; set; }

        /// <summary>The leader epoch the caller knows, checked when it is not -1.</summary>
        [Field(From = 2, Ignorable = true)]
        public int CurrentLeaderEpoch { get; set; } = -1;

        /// <summary>The epoch whose end is asked for.</summary>
        [Field]
        public int LeaderEpoch { get; set; }
    }
}

/// <summary>The ends of the epochs.</summary>
[KafkaResponse(ApiKey.OffsetForLeaderEpoch, 0, 4, FlexibleFrom = 4)]
public sealed partial class OffsetForLeaderEpochResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 2, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>The topics.</summary>
    [Field]
    public List<OffsetForLeaderTopicResult> Topics { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class OffsetForLeaderTopicResult
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Topic { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<EpochEndOffset> Partitions { get; set; } = [];
    }

    /// <summary>Where the epoch ends in one partition.</summary>
    public sealed partial class EpochEndOffset
    {
        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>The partition's index.</summary>
        [Field]
        public int Partition { get; set; }

        /// <summary>The largest epoch that is not above the one asked for; -1 when there is none.</summary>
        [Field(From = 1, Ignorable = true)]
        public int LeaderEpoch { get; set; } = -1;

        /// <summary>The offset after the epoch's last record.</summary>
        [Field]
        public long EndOffset { get; set; } = -1;
    }
}
