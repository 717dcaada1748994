using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Adds partitions to a transaction; versions from 4 on are for brokers, and name several.</summary>
[KafkaRequest(ApiKey.AddPartitionsToTxn, 0, 5, FlexibleFrom = 3)]
public sealed partial class AddPartitionsToTxnRequest
{
    /// <summary>The transactions.</summary>
    [Field(From = 4)]
    public List<AddPartitionsToTxnTransaction> Transactions { get; set; } = [];

    /// <summary>The transactional id.</summary>
    [Field(To = 3)]
    public string V3AndBelowTransactionalId { get; set; } = "";

    /// <summary>The producer's id.</summary>
    [Field(To = 3)]
    public long V3AndBelowProducerId { get; set; }

    /// <summary>The producer's epoch.</summary>
    [Field(To = 3)]
    public short V3AndBelowProducerEpoch { get; set; }

    /// <summary>The topics.</summary>
    [Field(To = 3)]
    public List<AddPartitionsToTxnTopic> V3AndBelowTopics { get; set; } = [];

    /// <summary>A transaction and what to add to it.</summary>
    public sealed partial class AddPartitionsToTxnTransaction
    {
        /// <summary>The transactional id.</summary>
        [Field(MapKey = true)]
        public string TransactionalId { get; set; } = "";

        /// <summary>The producer's id.</summary>
        [Field]
        public long ProducerId { get; set; }

        /// <summary>The producer's epoch.</summary>
        [Field]
        public short ProducerEpoch { get; set; }

        /// <summary>Whether only to look whether the partitions are in the transaction.</summary>
        [Field]
        public bool VerifyOnly { get; set; }

        /// <summary>The topics.</summary>
        [Field]
        public List<AddPartitionsToTxnTopic> Topics { get; set; } = [];
    }

    /// <summary>A topic and its partitions.</summary>
    public sealed partial class AddPartitionsToTxnTopic
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>Says which partitions are in the transaction.</summary>
[KafkaResponse(ApiKey.AddPartitionsToTxn, 0, 5, FlexibleFrom = 3)]
public sealed partial class AddPartitionsToTxnResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field(From = 4, Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>The answers for the transactions.</summary>
    [Field(From = 4)]
    public List<AddPartitionsToTxnResult> ResultsByTransaction { get; set; } = [];

    /// <summary>The answers for the topics.</summary>
    [Field(To = 3)]
    public List<AddPartitionsToTxnTopicResult> ResultsByTopicV3AndBelow { get; set; } = [];

    /// <summary>The answer for one transaction.</summary>
    public sealed partial class AddPartitionsToTxnResult
    {
        /// <summary>The transactional id.</summary>
        [Field(MapKey = true)]
        public string TransactionalId { get; set; } = "";

        /// <summary>The answers for the topics.</summary>
        [Field]
        public List<AddPartitionsToTxnTopicResult> TopicResults { get; set; } = [];
    }

    /// <summary>The answer for one topic.</summary>
    public sealed partial class AddPartitionsToTxnTopicResult
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>The answers for the partitions.</summary>
        [Field]
        public List<AddPartitionsToTxnPartitionResult> ResultsByPartition { get; set; } = [];
    }

    /// <summary>The answer for one partition.</summary>
    public sealed partial class AddPartitionsToTxnPartitionResult
    {
        /// <summary>The partition's index.</summary>
        [Field(MapKey = true)]
        public int PartitionIndex { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode PartitionErrorCode { get; set; }
    }
}
