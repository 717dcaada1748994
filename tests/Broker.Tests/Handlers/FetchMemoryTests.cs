using Gateway.Broker.Handlers.Fetch;
using Gateway.Broker.Network;
using Gateway.Common.Buffers;

namespace Gateway.Broker.Tests.Handlers;

public sealed class FetchMemoryTests
{
    private const int MiB = 1 << 20;

    [Fact]
    public void What_was_read_is_charged_until_the_last_lease_is_gone_and_the_rest_goes_back_at_once()
    {
        var budget = new MemoryBudget(64 * MiB);
        FetchMemory memory = FetchMemory.Take(budget, 8 * MiB);
        Assert.Equal((8 * MiB, 8L * MiB), (memory.Bytes, budget.Used));
        memory.KeepOnly(3000);
        Assert.Equal(3000, budget.Used);
        RecordsLease records = RecordsLease.Rent(2000);
        memory.ChargeTo(records);
        memory.Dispose();
        Assert.Equal(2000, budget.Used);
        RecordsLease sent = records.Share();
        records.Dispose();
        Assert.Equal(2000, budget.Used);
        sent.Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void When_memory_is_short_a_fetch_reads_less_but_never_nothing()
    {
        var budget = new MemoryBudget(16 * MiB);
        FetchMemory first = FetchMemory.Take(budget, 50 * MiB);
        Assert.InRange(first.Bytes, 4 * MiB, 8 * MiB);
        List<FetchMemory> more = [];
        for (int i = 0; i < 20; i++) more.Add(FetchMemory.Take(budget, 50 * MiB));
        Assert.Equal(FetchMemory.LeastBytes, more[^1].Bytes);
        Assert.True(budget.Used <= budget.Limit);
        foreach (FetchMemory memory in more) memory.Dispose();
        first.Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void Without_a_budget_nothing_is_limited() => Assert.Equal(50 * MiB, FetchMemory.Take(null, 50 * MiB).Bytes);
}
