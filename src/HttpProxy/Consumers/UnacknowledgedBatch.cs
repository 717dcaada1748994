using Gateway.Common.Ids;

namespace Gateway.HttpProxy.Consumers;

/// <summary>Records that were handed out, by where they lie: they are read again, not kept.</summary>
/// <param name="Id">What the client acknowledges.</param>
/// <param name="Ranges">By partition, from the first offset up to, but without, the last.</param>
internal sealed record UnacknowledgedBatch(string Id, IReadOnlyDictionary<TopicPartition, (long From, long To)> Ranges);
