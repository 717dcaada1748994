namespace Gateway.Client;

/// <summary>What all parts of a <see cref="KafkaClient"/> share.</summary>
public sealed record ClientOptions
{
    /// <summary>Clock of time limits, pauses and record timestamps.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Chance for pauses between retries and for the choice among brokers.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Age at which metadata is asked for again although nothing went wrong.</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>First pause before a retry; doubles each time.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest pause before a retry.</summary>
    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a call goes on retrying passing errors, unless it has a limit of its own.</summary>
    public TimeSpan ApiTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Ends when the client is disposed: nobody waits for a retry then, whatever the clock says.</summary>
    internal CancellationToken Closing { get; init; }
}
