namespace Gateway.Client.Fetching;

/// <summary>What a reader sees of transactions (Kafka's <c>isolation.level</c>, FET-5).</summary>
public enum IsolationLevel : sbyte
{
    /// <summary>Every record up to the high watermark, those of open and of aborted transactions too.</summary>
    ReadUncommitted = 0,

    /// <summary>No record behind the first one of a transaction that is still open, and none of an aborted one.</summary>
    ReadCommitted = 1,
}
