using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks which producers partitions remember.</summary>
[KafkaRequest(ApiKey.DescribeProducers, 0, 0, FlexibleFrom = 0)]
public sealed partial class DescribeProducersRequest
{
    /// <summary>The topics.</summary>
    [Field]
    public List<TopicRequest> Topics { get; set; } = [];

    /// <summary>A topic and its partitions.</summary>
    public sealed partial class TopicRequest
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>The partitions' indexes.</summary>
        [Field]
        public List<int> PartitionIndexes { get; set; } = [];
    }
}

/// <summary>The producers.</summary>
[KafkaResponse(ApiKey.DescribeProducers, 0, 0, FlexibleFrom = 0)]
public sealed partial class DescribeProducersResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>The topics.</summary>
    [Field]
    public List<TopicResponse> Topics { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class TopicResponse
    {
        /// <summary>The topic's name.</summary>
        [Field]
        public string Name { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<PartitionResponse> Partitions { get; set; } = [];
    }

    /// <summary>The answer for one partition.</summary>
    public sealed partial class PartitionResponse
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
        [Field]
        public string? ErrorMessage { get; set; }

        /// <summary>The producers the partition remembers.</summary>
        [Field]
        public List<ProducerState> ActiveProducers { get; set; } = [];
    }

    /// <summary>A producer.</summary>
    public sealed partial class ProducerState
    {
        /// <summary>The producer's id.</summary>
        [Field]
        public long ProducerId { get; set; }

        /// <summary>The producer's epoch.</summary>
        [Field]
        public int ProducerEpoch { get; set; }

        /// <summary>The last sequence number; -1 when unknown.</summary>
        [Field]
        public int LastSequence { get; set; } = -1;

        /// <summary>When the producer last wrote, in ms since 1970; -1 when unknown.</summary>
        [Field]
        public long LastTimestamp { get; set; } = -1;

        /// <summary>The epoch of the transaction coordinator.</summary>
        [Field]
        public int CoordinatorEpoch { get; set; }

        /// <summary>Where its open transaction starts; -1 without one.</summary>
        [Field]
        public long CurrentTxnStartOffset { get; set; } = -1;
    }
}
