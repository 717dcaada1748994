using System.Runtime.InteropServices;

namespace Gateway.Broker.Network;

/// <summary>Where one shard's connections receive, one at a time.</summary>
internal sealed class ReadScratch
{
    internal const int Size = 64 * 1024;

    // The kernel copies out of pages, mostly from their start, and the processors' string copy crawls when the target lies a few bytes further into
    // its page than the source: at 8, where the collector likes to put an array, receiving 16 KiB costs 4.5 µs more. At the start of a page it never does.
    internal const int Page = 4096;

    internal ReadScratch()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Size + Page, pinned: true);
        Bytes = bytes.AsMemory((int)(-Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0) & (Page - 1)), Size);
    }

    internal Memory<byte> Bytes { get; }
}
