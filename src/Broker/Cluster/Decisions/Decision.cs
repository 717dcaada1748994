namespace Gateway.Broker.Cluster.Decisions;

/// <summary>What a request comes to (design D6): the records that make it so, and the answer once they are durable.</summary>
/// <param name="Records">Appended as one batch, so all or none survive; empty when nothing changes.</param>
/// <param name="Reply">Given to the caller when everything it rests on is committed.</param>
public readonly record struct Decision<TReply>(IReadOnlyList<MetadataRecord> Records, TReply Reply);
