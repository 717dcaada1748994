namespace Gateway.Broker.Coordinators;

/// <summary>A record of an internal topic: what a decision writes and what replay reads.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; null deletes what the key stands for.</param>
public readonly record struct CoordinatorRecord(ReadOnlyMemory<byte> Key, byte[]? Value);
