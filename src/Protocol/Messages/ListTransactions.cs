using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks which transactions there are.</summary>
[KafkaRequest(ApiKey.ListTransactions, 0, 2, FlexibleFrom = 0)]
public sealed partial class ListTransactionsRequest
{
    /// <summary>Only transactions in one of these states; empty for all.</summary>
    [Field]
    public List<string> StateFilters { get; set; } = [];

    /// <summary>Only transactions of these producers; empty for all.</summary>
    [Field]
    public List<long> ProducerIdFilters { get; set; } = [];

    /// <summary>Only transactions that have been open for at least so many ms; negative for all.</summary>
    [Field(From = 1)]
    public long DurationFilter { get; set; } = -1;

    /// <summary>Only transactional ids that match this expression; null or empty for all.</summary>
    [Field(From = 2)]
    public string? TransactionalIdPattern { get; set; }
}

/// <summary>The transactions, in short.</summary>
[KafkaResponse(ApiKey.ListTransactions, 0, 2, FlexibleFrom = 0)]
public sealed partial class ListTransactionsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>States asked for that do not exist.</summary>
    [Field]
    public List<string> UnknownStateFilters { get; set; } = [];

    /// <summary>The transactions.</summary>
    [Field]
    public List<ListedTransaction> TransactionStates { get; set; } = [];

    /// <summary>A transaction.</summary>
    [StructName("TransactionState")]
    public sealed partial class ListedTransaction
    {
        /// <summary>The transactional id.</summary>
        [Field]
        public string TransactionalId { get; set; } = "";

        /// <summary>The producer's id.</summary>
        [Field]
        public long ProducerId { get; set; }

        /// <summary>What the transaction is doing.</summary>
        [Field]
        public string TransactionState { get; set; } = "";
    }
}
