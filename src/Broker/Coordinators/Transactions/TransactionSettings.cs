namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>The broker's settings for transactions.</summary>
public sealed record TransactionSettings
{
    /// <summary>transaction.max.timeout.ms.</summary>
    public int MaxTimeoutMs { get; init; } = 900_000;

    /// <summary>transaction.abort.timed.out.transaction.cleanup.interval.ms.</summary>
    public TimeSpan TimeoutCheckInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>transactional.id.expiration.ms.</summary>
    public TimeSpan IdExpiration { get; init; } = TimeSpan.FromDays(7);

    /// <summary>transaction.remove.expired.transaction.cleanup.interval.ms.</summary>
    public TimeSpan ExpirationCheckInterval { get; init; } = TimeSpan.FromHours(1);
}
