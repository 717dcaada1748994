using Gateway.Common.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Common.Tests.Buffers;

public class RecycledMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(64 * 1024)]
    [InlineData(200_000)]
    public void Memory_that_comes_back_has_the_length_that_was_asked_for(int length)
    {
        for (int i = 0; i < 300; i++)
        {
            RecordsLease lease = i % 2 == 0 ? RecordsLease.Rent(length) : RecordsLease.RentUnmanaged(length);
            Assert.Equal(length, lease.Length);
            Assert.True(lease.IsExclusive);
            lease.WritableMemory.Span.Fill((byte)i);
            RecordsLease part = lease.Slice(0, 1);
            Assert.False(lease.IsExclusive);
            lease.Recycle();
            Assert.Equal((byte)i, part.Span[0]);
            part.Recycle();
        }
    }

    [Fact]
    public void Two_leases_under_way_never_share_memory()
    {
        var leases = new List<RecordsLease>();
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < 400; i++)
            {
                RecordsLease lease = RecordsLease.Rent(600);
                lease.WritableMemory.Span.Fill((byte)i);
                leases.Add(lease);
            }
            for (int i = 0; i < leases.Count; i++) Assert.True(leases[i].Span.IndexOfAnyExcept((byte)i) < 0);
            leases.ForEach(static lease => lease.Recycle());
            leases.Clear();
        }
    }

    [Fact]
    public void A_lease_that_was_given_up_cannot_be_read_or_recycled_again()
    {
        RecordsLease lease = RecordsLease.Rent(10);
        lease.Dispose();
        lease.Dispose();
        Assert.Throws<InvariantBrokenException>(() => lease.Memory);
        lease.Recycle();
        Assert.Throws<InvariantBrokenException>(lease.Recycle);
    }

    [Fact]
    public void The_empty_lease_survives_everybody()
    {
        RecordsLease.Empty.Dispose();
        RecordsLease.Empty.Recycle();
        Assert.Equal(0, RecordsLease.Empty.Length);
        using RecordsLease share = RecordsLease.Empty.Share();
        Assert.True(share.Memory.IsEmpty);
    }

    [Fact]
    public void What_one_thread_gives_another_one_takes()
    {
        var given = new HashSet<object>();
        for (int i = 0; i < 1000; i++)
        {
            var used = new Used();
            given.Add(used);
            Spares<Used>.Give(used);
        }
        int found = 0;
        var thread = new Thread(() =>
        {
            while (Spares<Used>.Take() is { } used) found += given.Remove(used) ? 1 : 0;
        });
        thread.Start();
        thread.Join();
        // What the giving thread keeps for itself is at most its own shelf.
        Assert.InRange(found, 1000 - 128, 1000);
    }

    private sealed class Used;
}
