using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>
/// Reads record batches from partitions, waiting for them if asked to. Versions 0 to 3 answered with older record formats
/// and have no body here.
/// </summary>
[KafkaRequest(ApiKey.Fetch, 4, 18, FlexibleFrom = 12, Reusable = true)]
public sealed partial class FetchRequest
{
    /// <summary>The cluster the follower believes to be in; only raft followers send it.</summary>
    [Field(From = 12, Tag = 0, Ignorable = true)]
    public string? ClusterId { get; set; }

    /// <summary>The follower's node id; -1 for consumers.</summary>
    [Field(To = 14)]
    public int ReplicaId { get; set; } = -1;

    /// <summary>Which follower is asking; at its defaults for consumers.</summary>
    [Field(From = 15, Tag = 1)]
    public FollowerState ReplicaState { get; set; } = new();

    /// <summary>How long to wait for MinBytes, in ms.</summary>
    [Field]
    public int MaxWaitMs { get; set; }

    /// <summary>How many bytes to wait for.</summary>
    [Field]
    public int MinBytes { get; set; }

    /// <summary>How many bytes the answer may hold, one batch always being allowed.</summary>
    [Field(Ignorable = true)]
    public int MaxBytes { get; set; } = int.MaxValue;

    /// <summary>0 reads everything up to the high watermark, 1 only committed transactions.</summary>
    [Field(Ignorable = true)]
    public sbyte IsolationLevel { get; set; }

    /// <summary>The fetch session; 0 for none.</summary>
    [Field(From = 7, Ignorable = true)]
    public int SessionId { get; set; }

    /// <summary>The session's epoch: 0 starts a session, -1 wants none.</summary>
    [Field(From = 7, Ignorable = true)]
    public int SessionEpoch { get; set; } = -1;

    /// <summary>The topics.</summary>
    [Field]
    public List<FetchTopic> Topics { get; set; } = [];

    /// <summary>Partitions to drop from the fetch session.</summary>
    [Field(From = 7)]
    public List<ForgottenTopic> ForgottenTopicsData { get; set; } = [];

    /// <summary>The rack the consumer stands in; empty when it did not say.</summary>
    [Field(From = 11, Ignorable = true)]
    public string RackId { get; set; } = "";

    /// <summary>The follower that is asking.</summary>
    [StructName("ReplicaState")]
    public sealed partial class FollowerState
    {
        /// <summary>The follower's node id; -1 for consumers.</summary>
        [Field]
        public int ReplicaId { get; set; } = -1;

        /// <summary>The epoch of the follower's registration; -1 for consumers.</summary>
        [Field]
        public long ReplicaEpoch { get; set; } = -1;
    }

    /// <summary>A topic to read.</summary>
    public sealed partial class FetchTopic
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 12, Ignorable = true)]
        public string Topic { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 13, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>The partitions.</summary>
        [Field]
        public List<FetchPartition> Partitions { get; set; } = [];
    }

    /// <summary>A partition to read, and from where.</summary>
    public sealed partial class FetchPartition
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int Partition { get; set; }

        /// <summary>The leader epoch the caller knows, checked when it is not -1.</summary>
        [Field(From = 9, Ignorable = true)]
        public int CurrentLeaderEpoch { get; set; } = -1;

        /// <summary>The offset to read from.</summary>
        [Field]
        public long FetchOffset { get; set; }

        /// <summary>The epoch of the last record the caller has; -1 when it does not say.</summary>
        [Field(From = 12)]
        public int LastFetchedEpoch { get; set; } = -1;

        /// <summary>The first offset of the log; -1 when unknown.</summary>
        [Field(From = 5, Ignorable = true)]
        public long LogStartOffset { get; set; } = -1;

        /// <summary>How many bytes the answer may hold for this partition.</summary>
        [Field]
        public int PartitionMaxBytes { get; set; }

        /// <summary>The follower's log directory.</summary>
        [Field(From = 17, Tag = 0, Ignorable = true)]
        public Guid ReplicaDirectoryId { get; set; }

        /// <summary>The high watermark the follower knows; long.MaxValue when it does not say.</summary>
        [Field(From = 18, Tag = 1, Ignorable = true)]
        public long HighWatermark { get; set; } = long.MaxValue;
    }

    /// <summary>Partitions to drop from the fetch session.</summary>
    public sealed partial class ForgottenTopic
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 12, Ignorable = true)]
        public string Topic { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 13, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>The partitions.</summary>
        [Field]
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>The records read.</summary>
[KafkaResponse(ApiKey.Fetch, 4, 18, FlexibleFrom = 12, Reusable = true)]
public sealed partial class FetchResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field(From = 7, Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>The fetch session; 0 for none.</summary>
    [Field(From = 7)]
    public int SessionId { get; set; }

    /// <summary>One answer per topic.</summary>
    [Field]
    public List<FetchableTopicResponse> Responses { get; set; } = [];

    /// <summary>Addresses of the leaders named in this answer.</summary>
    [Field(From = 16, Tag = 0)]
    public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class FetchableTopicResponse
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 12, Ignorable = true)]
        public string Topic { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 13, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>The partitions.</summary>
        [Field]
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>The answer for one partition.</summary>
    public sealed partial class PartitionData
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>The offset after the last record that readers may see.</summary>
        [Field]
        public long HighWatermark { get; set; }

        /// <summary>The offset before which every transaction is decided; -1 when unknown.</summary>
        [Field(Ignorable = true)]
        public long LastStableOffset { get; set; } = -1;

        /// <summary>The first offset of the log; -1 when unknown.</summary>
        [Field(From = 5, Ignorable = true)]
        public long LogStartOffset { get; set; } = -1;

        /// <summary>Where the caller's log left ours, when it did.</summary>
        [Field(From = 12, Tag = 0)]
        public EpochEndOffset DivergingEpoch { get; set; } = new();

        /// <summary>Who leads now, told together with an error about leadership.</summary>
        [Field(From = 12, Tag = 1)]
        public LeaderIdAndEpoch CurrentLeader { get; set; } = new();

        /// <summary>The snapshot to fetch instead, when the log no longer reaches back.</summary>
        [Field(From = 12, Tag = 2)]
        public SnapshotId SnapshotId { get; set; } = new();

        /// <summary>Aborted transactions that overlap the returned records; null unless read committed was asked for.</summary>
        [Field(Ignorable = true)]
        public List<AbortedTransaction>? AbortedTransactions { get; set; } = [];

        /// <summary>A nearer replica to read from; -1 for the leader.</summary>
        [Field(From = 11)]
        public int PreferredReadReplica { get; set; } = -1;

        /// <summary>Record batches, as they are stored; owned by the message until somebody takes them.</summary>
        [Field]
        public RecordsLease? Records { get; set; }
    }

    /// <summary>Where an epoch ends in our log.</summary>
    public sealed partial class EpochEndOffset
    {
        /// <summary>The leader epoch.</summary>
        [Field]
        public int Epoch { get; set; } = -1;

        /// <summary>The offset after the epoch's last record.</summary>
        [Field]
        public long EndOffset { get; set; } = -1;
    }

    /// <summary>A leader and its epoch.</summary>
    public sealed partial class LeaderIdAndEpoch
    {
        /// <summary>The leader's node id; -1 when there is none.</summary>
        [Field]
        public int LeaderId { get; set; } = -1;

        /// <summary>The leader epoch; -1 when unknown.</summary>
        [Field]
        public int LeaderEpoch { get; set; } = -1;
    }

    /// <summary>Names a snapshot.</summary>
    public sealed partial class SnapshotId
    {
        /// <summary>The offset after the last record in the snapshot; -1 for none.</summary>
        [Field]
        public long EndOffset { get; set; } = -1;

        /// <summary>The epoch of the last record in the snapshot; -1 for none.</summary>
        [Field]
        public int Epoch { get; set; } = -1;
    }

    /// <summary>A transaction whose records are to be skipped.</summary>
    public sealed partial class AbortedTransaction
    {
        /// <summary>The producer's id; -1 when it has none.</summary>
        [Field]
        public long ProducerId { get; set; }

        /// <summary>The offset of the transaction's first record here.</summary>
        [Field]
        public long FirstOffset { get; set; }
    }

    /// <summary>Where to reach a node.</summary>
    public sealed partial class NodeEndpoint
    {
        /// <summary>The node's id.</summary>
        [Field(MapKey = true)]
        public int NodeId { get; set; }

        /// <summary>The host to connect to.</summary>
        [Field]
        public string Host { get; set; } = "";

        /// <summary>The port to connect to.</summary>
        [Field]
        public int Port { get; set; }

        /// <summary>The rack the broker stands in; null when it did not say.</summary>
        [Field]
        public string? Rack { get; set; }
    }
}
