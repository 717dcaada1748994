namespace Gateway.Client.Producing;

/// <summary>How a <see cref="TransactionalProducer"/> behaves.</summary>
/// <param name="TransactionalId">Its name: of two with the same one, the second fences the first.</param>
public sealed record TransactionalProducerOptions(string TransactionalId)
{
    /// <summary>How long a transaction may stay open before the broker aborts it.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long after its first record a transaction goes on retrying passing errors. Readers of committed records wait meanwhile, in all of its
    /// partitions.
    /// </summary>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Lets the broker make a topic that is not there.</summary>
    public bool AllowTopicCreation { get; init; }

    /// <summary>How long to wait for a topic that is being made.</summary>
    public TimeSpan TopicCreationWait { get; init; } = TimeSpan.FromSeconds(2);
}
