using Gateway.Common.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Common.Tests.Buffers;

/// <summary>Leases whose memory somebody answers for, on both sides of the size from which it lies outside the collector's heap.</summary>
public sealed class ChargedLeaseTests
{
    private sealed class Charge : IDisposable
    {
        internal int Returned { get; private set; }

        public void Dispose() => Returned++;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(NativeBlockCache.Smallest)]
    [InlineData(NativeBlockCache.Smallest + 1)]
    [InlineData(1_000_000)]
    [InlineData(9_000_000)]
    public void The_charge_is_returned_once_when_the_last_slice_goes(int length)
    {
        var charge = new Charge();
        RecordsLease whole = RecordsLease.Rent(length, charge);
        Assert.Equal(length, whole.Length);
        whole.WritableMemory.Span.Fill(7);
        RecordsLease slice = whole.Slice(length - 1, 1);
        whole.Dispose();
        whole.Dispose();
        Assert.Equal(0, charge.Returned);
        Assert.Equal(7, slice.Span[0]);
        slice.Dispose();
        Assert.Equal(1, charge.Returned);
        Assert.Throws<InvariantBrokenException>(() => slice.Memory);
    }

    [Fact]
    public void Many_leases_at_once_have_memory_of_their_own()
    {
        var leases = new List<RecordsLease>();
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 50; i++)
            {
                RecordsLease lease = RecordsLease.Rent(70_000 + i * 9000, new Charge());
                lease.WritableMemory.Span.Fill((byte)i);
                leases.Add(lease);
            }
            for (int i = 0; i < 50; i++)
            {
                Assert.Equal(-1, leases[i].Span.IndexOfAnyExcept((byte)i));
                leases[i].Dispose();
            }
            leases.Clear();
        }
    }

    [Theory]
    [InlineData(65_537, 81_920)]
    [InlineData(81_920, 81_920)]
    [InlineData(131_072, 131_072)]
    [InlineData(131_073, 163_840)]
    [InlineData(104_857_600, 117_440_512)]
    public void Blocks_come_in_four_sizes_between_powers_of_two(int length, int capacity) =>
        Assert.Equal(capacity, NativeBlockCache.CapacityFor(length));
}
