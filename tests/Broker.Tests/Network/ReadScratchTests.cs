using System.Runtime.InteropServices;
using Gateway.Broker.Network;

namespace Gateway.Broker.Tests.Network;

/// <summary>Where connections receive.</summary>
public sealed class ReadScratchTests
{
    [Fact]
    public void It_begins_where_a_page_does_and_stays_there()
    {
        for (int shard = 0; shard < 8; shard++)
        {
            var scratch = new ReadScratch();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            Assert.Equal(ReadScratch.Size, scratch.Bytes.Length);
            Assert.Equal(0, AddressOf(scratch.Bytes) % ReadScratch.Page);
        }
    }

    private static nint AddressOf(Memory<byte> pinned)
    {
        Assert.True(MemoryMarshal.TryGetArray(pinned, out ArraySegment<byte> bytes));
        return Marshal.UnsafeAddrOfPinnedArrayElement(bytes.Array!, bytes.Offset);
    }
}
