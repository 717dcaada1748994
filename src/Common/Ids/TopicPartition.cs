namespace Gateway.Common.Ids;

/// <summary>A partition as clients name it. A re-created topic has the same name: the key of stored data is <see cref="TopicIdPartition"/>.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition's index, from 0.</param>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Topic}-{Partition}";
}

/// <summary>A partition as the broker keys it (design: the topic id is the primary key and the path on disk).</summary>
/// <param name="TopicId">The topic's id; never reused, not even for a topic re-created under the same name.</param>
/// <param name="Partition">The partition's index, from 0.</param>
public readonly record struct TopicIdPartition(Guid TopicId, int Partition)
{
    /// <inheritdoc/>
    public override string ToString() => $"{TopicId}-{Partition}";
}
