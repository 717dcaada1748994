namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>The states of a transactional id, with Kafka's numbers and names.</summary>
internal enum TransactionStatus : sbyte
{
    /// <summary>It has a producer, and no transaction yet.</summary>
    Empty = 0,
    /// <summary>Partitions are being written to.</summary>
    Ongoing = 1,
    /// <summary>The decision is to commit; markers follow until every partition has one.</summary>
    PrepareCommit = 2,
    /// <summary>The decision is to abort; markers follow until every partition has one.</summary>
    PrepareAbort = 3,
    /// <summary>Every partition has its commit marker.</summary>
    CompleteCommit = 4,
    /// <summary>Every partition has its abort marker.</summary>
    CompleteAbort = 5,
    /// <summary>It expired. Never stored: a record without a value says it.</summary>
    Dead = 6,
}
