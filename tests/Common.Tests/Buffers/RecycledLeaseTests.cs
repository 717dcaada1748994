using System.Runtime.CompilerServices;
using Gateway.Common.Buffers;

namespace Gateway.Common.Tests.Buffers;

public sealed class RecycledLeaseTests
{
    [Fact]
    public void A_recycled_lease_keeps_no_memory_alive()
    {
        (RecordsLease lease, WeakReference memory) = Recycled();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(memory.IsAlive);
        GC.KeepAlive(lease);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (RecordsLease Lease, WeakReference Memory) Recycled()
    {
        byte[] bytes = new byte[100_000];
        RecordsLease lease = RecordsLease.Wrap(bytes);
        lease.Recycle();
        return (lease, new WeakReference(bytes));
    }
}
