using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Key of a transaction in <c>__transaction_state</c>; its type there is 0.</summary>
[KafkaRecord(0, 0)]
public sealed partial class TransactionLogKey
{
    /// <summary>The transactional id.</summary>
    [Field]
    public string TransactionalId { get; set; } = "";
}

/// <summary>A transaction in <c>__transaction_state</c>; no value deletes it.</summary>
[KafkaRecord(0, 1, FlexibleFrom = 1)]
public sealed partial class TransactionLogValue
{
    /// <summary>The producer's id.</summary>
    [Field]
    public long ProducerId { get; set; }

    /// <summary>The producer id before the epochs were used up; -1 for none.</summary>
    [Field(From = 1, Tag = 0)]
    public long PreviousProducerId { get; set; } = -1;

    /// <summary>The producer id from the next transaction on; -1 for the same.</summary>
    [Field(From = 1, Tag = 1)]
    public long NextProducerId { get; set; } = -1;

    /// <summary>The producer's epoch.</summary>
    [Field]
    public short ProducerEpoch { get; set; }

    /// <summary>The epoch from the next transaction on; -1 when it is not told.</summary>
    [Field(From = 1, Tag = 3)]
    public short NextProducerEpoch { get; set; } = -1;

    /// <summary>How long a transaction may stay open, in ms.</summary>
    [Field]
    public int TransactionTimeoutMs { get; set; }

    /// <summary>The state, as a number.</summary>
    [Field]
    public sbyte TransactionStatus { get; set; }

    /// <summary>The partitions that are part of it; null when there are none.</summary>
    [Field]
    public List<PartitionsSchema>? TransactionPartitions { get; set; } = [];

    /// <summary>When the record was written, in ms since 1970.</summary>
    [Field]
    public long TransactionLastUpdateTimestampMs { get; set; }

    /// <summary>When the transaction began, in ms since 1970; -1 when none is open.</summary>
    [Field]
    public long TransactionStartTimestampMs { get; set; }

    /// <summary>Which protocol of transactions the client uses.</summary>
    [Field(From = 1, Tag = 2)]
    public short ClientTransactionVersion { get; set; }

    /// <summary>A topic and its partitions.</summary>
    public sealed partial class PartitionsSchema
    {
        /// <summary>The topic's name.</summary>
        [Field]
        public string Topic { get; set; } = "";

        /// <summary>The partitions' indexes.</summary>
        [Field]
        public List<int> PartitionIds { get; set; } = [];
    }
}
