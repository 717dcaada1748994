namespace Gateway.Storage;

/// <summary>The producers' state as of an offset, in the broker's own format.</summary>
/// <param name="Offset">Batches below it are covered.</param>
/// <param name="Content">The state.</param>
public sealed record ProducerSnapshot(long Offset, ReadOnlyMemory<byte> Content);
