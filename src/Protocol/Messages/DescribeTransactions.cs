using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks about transactions by their ids.</summary>
[KafkaRequest(ApiKey.DescribeTransactions, 0, 0, FlexibleFrom = 0)]
public sealed partial class DescribeTransactionsRequest
{
    /// <summary>The transactional ids.</summary>
    [Field]
    public List<string> TransactionalIds { get; set; } = [];
}

/// <summary>The transactions.</summary>
[KafkaResponse(ApiKey.DescribeTransactions, 0, 0, FlexibleFrom = 0)]
public sealed partial class DescribeTransactionsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>The transactions.</summary>
    [Field]
    public List<DescribedTransaction> TransactionStates { get; set; } = [];

    /// <summary>A transaction.</summary>
    [StructName("TransactionState")]
    public sealed partial class DescribedTransaction
    {
        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>The transactional id.</summary>
        [Field]
        public string TransactionalId { get; set; } = "";

        /// <summary>What the transaction is doing.</summary>
        [Field]
        public string TransactionState { get; set; } = "";

        /// <summary>How long a transaction may stay open, in ms.</summary>
        [Field]
        public int TransactionTimeoutMs { get; set; }

        /// <summary>When the transaction began, in ms since 1970; -1 when none is open.</summary>
        [Field]
        public long TransactionStartTimeMs { get; set; }

        /// <summary>The producer's id.</summary>
        [Field]
        public long ProducerId { get; set; }

        /// <summary>The producer's epoch.</summary>
        [Field]
        public short ProducerEpoch { get; set; }

        /// <summary>The topics.</summary>
        [Field]
        public List<TopicData> Topics { get; set; } = [];
    }

    /// <summary>A topic and its partitions.</summary>
    public sealed partial class TopicData
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Topic { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<int> Partitions { get; set; } = [];
    }
}
