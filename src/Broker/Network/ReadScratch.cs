namespace Gateway.Broker.Network;

/// <summary>Where one shard's connections receive, one at a time.</summary>
internal sealed class ReadScratch
{
    internal const int Size = 64 * 1024;

    internal Memory<byte> Bytes { get; } = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
}
