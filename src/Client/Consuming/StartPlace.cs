namespace Gateway.Client.Consuming;

/// <summary>Where a consumer that comes back starts a partition, unless its group has committed another offset in the meantime.</summary>
/// <param name="Offset">The offset to read next.</param>
/// <param name="Committed">What the group had committed when the place was taken; null for nothing.</param>
public readonly record struct StartPlace(long Offset, long? Committed);
