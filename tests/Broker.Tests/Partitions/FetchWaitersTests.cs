using Gateway.Broker.Partitions;

namespace Gateway.Broker.Tests.Partitions;

/// <summary>Who waits for a partition to gain bytes (FET-1).</summary>
public sealed class FetchWaitersTests
{
    [Fact]
    public void A_waiter_fires_once_when_its_partitions_gained_enough_together()
    {
        FetchWaiters one = new(), two = new();
        var waiter = new CountingWaiter();
        waiter.Wait(100, one, two);
        one.Gained(60);
        Assert.Equal((0, 1, 1), (waiter.Woken, one.Count, two.Count));
        two.Gained(40);
        Assert.Equal((1, 0, 0), (waiter.Woken, one.Count, two.Count));
        one.WakeAll();
        Assert.Equal(1, waiter.Woken);
    }

    [Fact]
    public void However_often_a_partition_is_named_a_waiter_has_one_place_there_and_counts_its_bytes_once()
    {
        FetchWaiters one = new(), two = new();
        var waiter = new CountingWaiter();
        waiter.Wait(100, [.. Enumerable.Range(0, 1_000_000).Select(i => i % 2 == 0 ? one : two)]);
        Assert.Equal((1, 1), (one.Count, two.Count));
        one.Gained(99);
        Assert.Equal(0, waiter.Woken);
        waiter.StopWaiting();
        Assert.Equal((0, 0), (one.Count, two.Count));
    }

    private sealed class CountingWaiter : FetchWaiter
    {
        internal int Woken { get; private set; }

        internal void Wait(long bytes, params FetchWaiters[] places)
        {
            WaitFor(bytes);
            foreach (FetchWaiters place in places) place.Add(this);
        }

        protected override void OnWake() => Woken++;
    }
}
