using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Writes the markers that end transactions into partitions.</summary>
[KafkaRequest(ApiKey.WriteTxnMarkers, 0, 2, FlexibleFrom = 1)]
public sealed partial class WriteTxnMarkersRequest
{
    /// <summary>The markers.</summary>
    [Field]
    public List<WritableTxnMarker> Markers { get; set; } = [];

    /// <summary>A marker and where to write it.</summary>
    public sealed partial class WritableTxnMarker
    {
        /// <summary>The producer's id.</summary>
        [Field]
        public long ProducerId { get; set; }

        /// <summary>The producer's epoch.</summary>
        [Field]
        public short ProducerEpoch { get; set; }

        /// <summary>True to commit, false to abort.</summary>
        [Field]
        public bool TransactionResult { get; set; }

        /// <summary>The topics.</summary>
        [Field]
        public List<WritableTxnMarkerTopic> Topics { get; set; } = [];

        /// <summary>The epoch of the transaction coordinator.</summary>
        [Field]
        public int CoordinatorEpoch { get; set; }

        /// <summary>Which protocol of transactions the marker is written under.</summary>
        [Field(From = 2, Ignorable = true)]
        public sbyte TransactionVersion { get; set; }
    }

    /// <summary>A topic and its partitions.</summary>
    public sealed partial class WritableTxnMarkerTopic
    {
        /// <summary>The topic's name.</summary>
        [Field]
        public string Name { get; set; } = "";

        /// <summary>The partitions' indexes.</summary>
        [Field]
        public List<int> PartitionIndexes { get; set; } = [];
    }
}

/// <summary>Says which markers were written.</summary>
[KafkaResponse(ApiKey.WriteTxnMarkers, 0, 2, FlexibleFrom = 1)]
public sealed partial class WriteTxnMarkersResponse
{
    /// <summary>The markers.</summary>
    [Field]
    public List<WritableTxnMarkerResult> Markers { get; set; } = [];

    /// <summary>The answer for one marker.</summary>
    public sealed partial class WritableTxnMarkerResult
    {
        /// <summary>The producer's id.</summary>
        [Field]
        public long ProducerId { get; set; }

        /// <summary>The topics.</summary>
        [Field]
        public List<WritableTxnMarkerTopicResult> Topics { get; set; } = [];
    }

    /// <summary>The answer for one topic.</summary>
    public sealed partial class WritableTxnMarkerTopicResult
    {
        /// <summary>The topic's name.</summary>
        [Field]
        public string Name { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<WritableTxnMarkerPartitionResult> Partitions { get; set; } = [];
    }

    /// <summary>The answer for one partition.</summary>
    public sealed partial class WritableTxnMarkerPartitionResult
    {
        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }
    }
}
