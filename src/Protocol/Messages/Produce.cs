using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Appends record batches to partitions. Versions 0 to 2 carried older record formats and have no body here.</summary>
[KafkaRequest(ApiKey.Produce, 3, 13, FlexibleFrom = 9, Reusable = true)]
public sealed partial class ProduceRequest
{
    /// <summary>The transactional id; null for a producer without transactions.</summary>
    [Field]
    public string? TransactionalId { get; set; }

    /// <summary>Who must have the records before the answer: 0 nobody (and there is no answer), 1 the leader, -1 all in sync.</summary>
    [Field]
    public short Acks { get; set; }

    /// <summary>How long the broker may take, in ms.</summary>
    [Field]
    public int TimeoutMs { get; set; }

    /// <summary>The topics and their records.</summary>
    [Field]
    public List<TopicProduceData> TopicData { get; set; } = [];

    /// <summary>
    /// Whether the checksums of its batches are the broker's to make instead of to check. Between the rooms of a process, and by them alone: on the wire
    /// there is no such thing.
    /// </summary>
    public bool LacksChecksums { get; init; }

    /// <summary>A topic and its records.</summary>
    public sealed partial class TopicProduceData
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 12, Ignorable = true, MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 13, Ignorable = true, MapKey = true)]
        public Guid TopicId { get; set; }

        /// <summary>The partitions and their records.</summary>
        [Field]
        public List<PartitionProduceData> PartitionData { get; set; } = [];
    }

    /// <summary>A partition and its records.</summary>
    public sealed partial class PartitionProduceData
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int Index { get; set; }

        /// <summary>Record batches, as they are stored; owned by the message until somebody takes them.</summary>
        [Field]
        public RecordsLease? Records { get; set; }
    }
}

/// <summary>Says where the records went.</summary>
[KafkaResponse(ApiKey.Produce, 3, 13, FlexibleFrom = 9, Reusable = true)]
public sealed partial class ProduceResponse
{
    /// <summary>One answer per topic.</summary>
    [Field]
    public List<TopicProduceResponse> Responses { get; set; } = [];

    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>Addresses of the leaders named in this answer.</summary>
    [Field(From = 10, Tag = 0)]
    public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class TopicProduceResponse
    {
        /// <summary>The topic's name.</summary>
        [Field(To = 12, Ignorable = true, MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 13, Ignorable = true, MapKey = true)]
        public Guid TopicId { get; set; }

        /// <summary>One answer per partition.</summary>
        [Field]
        public List<PartitionProduceResponse> PartitionResponses { get; set; } = [];
    }

    /// <summary>The answer for one partition.</summary>
    public sealed partial class PartitionProduceResponse
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int Index { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>The offset the first record got; -1 on an error.</summary>
        [Field]
        public long BaseOffset { get; set; }

        /// <summary>The time the broker stamped on the records; -1 when they keep their own.</summary>
        [Field(Ignorable = true)]
        public long LogAppendTimeMs { get; set; } = -1;

        /// <summary>The first offset of the log; -1 when unknown.</summary>
        [Field(From = 5, Ignorable = true)]
        public long LogStartOffset { get; set; } = -1;

        /// <summary>The records that made the batch be refused.</summary>
        [Field(From = 8, Ignorable = true)]
        public List<BatchIndexAndErrorMessage> RecordErrors { get; set; } = [];

        /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
        [Field(From = 8, Ignorable = true)]
        public string? ErrorMessage { get; set; }

        /// <summary>Who leads now, told together with an error about leadership.</summary>
        [Field(From = 10, Tag = 0)]
        public LeaderIdAndEpoch CurrentLeader { get; set; } = new();
    }

    /// <summary>A record that was refused.</summary>
    public sealed partial class BatchIndexAndErrorMessage
    {
        /// <summary>The index of the bad record in the batch.</summary>
        [Field]
        public int BatchIndex { get; set; }

        /// <summary>Why the record was refused.</summary>
        [Field]
        public string? BatchIndexErrorMessage { get; set; }
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
