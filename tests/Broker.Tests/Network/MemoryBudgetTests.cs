using System.Buffers.Binary;
using Gateway.Broker.Network;
using Gateway.Common.Buffers;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Tests.Network;

/// <summary>Memory follows bytes that have arrived, never bytes that were announced (D2).</summary>
public sealed class MemoryBudgetTests
{
    private const int Huge = 100 * 1024 * 1024;
    private const int Megabyte = 1024 * 1024;

    private static byte[] Announcement(int size) => RawClient.Header(size, 0, 9, 1)[..4];

    private static ProduceRequest Produce(byte[] records) => new()
    {
        Acks = -1,
        TopicData = [new() { Name = "t", PartitionData = [new() { Index = 0, Records = RecordsLease.Wrap(records) }] }],
    };

    /// <summary>Answers a produce request with a checksum of its records as the offset.</summary>
    private static NetworkFixture Sums(NetworkFixture fixture) => fixture.ServeHeartbeat().Serve<ProduceRequest, ProduceResponse>(static (_, request) => new(new ProduceResponse
    {
        Responses = [new() { Name = "t", PartitionResponses = [new() { BaseOffset = Sum(request.TopicData[0].PartitionData[0].Records!.Span) }] }],
    }));

    private static long Sum(ReadOnlySpan<byte> bytes)
    {
        long sum = bytes.Length;
        foreach (byte b in bytes) sum = unchecked(sum * 31 + b);
        return sum;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60 * 1024)]
    [InlineData(64 * 1024)]
    [InlineData(70 * 1024)]
    [InlineData(Megabyte)]
    [InlineData(5 * Megabyte + 3)]
    public async Task Frames_of_all_sizes_arrive_intact_between_small_ones(int size)
    {
        await using NetworkFixture fixture = Sums(new NetworkFixture()).Start();
        using RawClient client = await fixture.Connect();
        byte[] records = new byte[size];
        new Random(size).NextBytes(records);
        byte[] heartbeat = RawClient.Frame(new HeartbeatRequest { GenerationId = 1 }, 4, 1);
        byte[] produce = RawClient.Frame(Produce(records), 9, 2);
        for (int round = 0; round < 3; round++)
        {
            await client.Send((byte[])[.. heartbeat, .. produce, .. heartbeat]);
            Assert.Equal(1, (await client.Receive()).CorrelationId);
            Assert.Equal(Sum(records), (await client.Receive(Produce([]), 9, 2)).Responses[0].PartitionResponses[0].BaseOffset);
            Assert.Equal(1, (await client.Receive()).CorrelationId);
        }
    }

    [Fact]
    public async Task Hundreds_announcing_huge_frames_hold_nothing_and_hold_up_nobody()
    {
        const int announcers = 300;
        await using NetworkFixture fixture = Sums(new NetworkFixture(budget: 256 * Megabyte)).Start();
        List<RawClient> clients = [];
        for (int i = 0; i < announcers; i++)
        {
            RawClient client = await fixture.Connect();
            clients.Add(client);
            await client.Send(Announcement(Huge));
        }
        using RawClient other = await fixture.Connect();
        byte[] records = new byte[3 * Megabyte];
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(i, (await other.Ask(new HeartbeatRequest { GenerationId = i }, 4)).ThrottleTimeMs);
            Assert.Equal(Sum(records), (await other.Ask(Produce(records), 9)).Responses[0].PartitionResponses[0].BaseOffset);
        }
        Assert.Equal(announcers + 1, fixture.Listener.ConnectionCount);
        Assert.Equal(0, fixture.Budget.Used);
        clients.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task Hundreds_dribbling_huge_frames_stay_within_the_budget_and_small_requests_pass()
    {
        const int dribblers = 300, dribble = 100_000;
        const int budget = 256 * Megabyte;
        await using NetworkFixture fixture = Sums(new NetworkFixture(budget: budget)).Start();
        List<RawClient> clients = [];
        byte[] bytes = new byte[dribble];
        BinaryPrimitives.WriteInt32BigEndian(bytes, Huge);
        for (int i = 0; i < dribblers; i++)
        {
            RawClient client = await fixture.Connect();
            clients.Add(client);
            await client.Send(bytes);
            Assert.InRange(fixture.Budget.Used, 0, budget);
        }
        using RawClient other = await fixture.Connect();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(i, (await other.Ask(new HeartbeatRequest { GenerationId = i }, 4)).ThrottleTimeMs);
            Assert.InRange(fixture.Budget.Used, 1, budget);
        }
        clients.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task Frames_that_together_exceed_the_budget_are_all_read_one_after_the_other()
    {
        const int senders = 40, size = 2 * Megabyte;
        await using NetworkFixture fixture = Sums(new NetworkFixture(budget: 16 * Megabyte)).Start();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(async number =>
        {
            using RawClient client = await fixture.Connect();
            byte[] records = new byte[size];
            new Random(number).NextBytes(records);
            for (int round = 0; round < 3; round++)
                Assert.Equal(Sum(records), (await client.Ask(Produce(records), 9)).Responses[0].PartitionResponses[0].BaseOffset);
        })).WaitAsync(NetworkFixture.Deadline);
    }

    [Fact]
    public async Task A_frame_larger_than_the_budget_can_ever_grant_is_refused()
    {
        await using NetworkFixture fixture = Sums(new NetworkFixture(budget: 8 * Megabyte)).Start();
        using RawClient client = await fixture.Connect();
        await client.Send(Announcement(5 * Megabyte));
        await client.ExpectClose();
        await fixture.Log.Line("too large for a memory budget");
    }

    [Fact]
    public async Task A_frame_that_stalls_while_it_holds_memory_is_given_up()
    {
        var limits = new ConnectionLimits { StallTimeout = TimeSpan.FromMilliseconds(100) };
        await using NetworkFixture fixture = Sums(new NetworkFixture(limits)).Start();
        using RawClient client = await fixture.Connect();
        byte[] part = new byte[50_000];
        BinaryPrimitives.WriteInt32BigEndian(part, Huge / 10);
        await client.Send(part);
        await client.ExpectClose();
        await fixture.Log.Line("of an unfinished request");
    }

    [Fact]
    public async Task While_others_wait_for_memory_a_stalled_frame_is_given_up_sooner()
    {
        var limits = new ConnectionLimits { StallTimeout = TimeSpan.FromSeconds(10) };
        await using NetworkFixture fixture = Sums(new NetworkFixture(limits, budget: 8 * Megabyte)).Start();
        // Four megabytes are for large frames; two stalled ones hold nearly all of that.
        List<RawClient> stalled = [];
        byte[] part = new byte[2 * Megabyte - 50_000];
        BinaryPrimitives.WriteInt32BigEndian(part, 2 * Megabyte);
        for (int i = 0; i < 2; i++)
        {
            RawClient client = await fixture.Connect();
            stalled.Add(client);
            await client.Send(part);
        }
        using RawClient other = await fixture.Connect();
        byte[] records = new byte[4 * Megabyte];
        Assert.Equal(Sum(records), (await other.Ask(Produce(records), 9)).Responses[0].PartitionResponses[0].BaseOffset);
        Assert.DoesNotContain("00:00:10", await fixture.Log.Line("of an unfinished request"), StringComparison.Ordinal);
        stalled.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task A_request_that_waits_for_memory_too_long_closes_its_connection()
    {
        var limits = new ConnectionLimits { MaxMemoryWait = TimeSpan.FromMilliseconds(100) };
        await using NetworkFixture fixture = Sums(new NetworkFixture(limits, budget: 8 * Megabyte)).Start();
        Assert.True(fixture.Budget.TryTake(4 * Megabyte));
        Assert.True(fixture.Budget.TryTake(3 * Megabyte, small: true));
        using RawClient client = await fixture.Connect();
        await client.Send(RawClient.Frame(Produce(new byte[100_000]), 9, 1));
        await client.ExpectClose();
        await fixture.Log.Line("no memory for its request");
        using RawClient small = await fixture.Connect();
        Assert.Equal(3, (await small.Ask(new HeartbeatRequest { GenerationId = 3 }, 4)).ThrottleTimeMs);
        fixture.Budget.Release(7 * Megabyte);
    }

    [Fact]
    public void The_lines_are_served_first_come_first_served_and_nobody_overtakes()
    {
        using var host = new SteppedShardHost(1);
        var budget = new MemoryBudget(8 * Megabyte);
        var told = new List<string>();
        MemoryWaiter Waiter(string name, long bytes) => new(host.Shards[0], bytes, 9 * Megabyte, false, waiter => told.Add($"{name} {waiter.Granted} {waiter.IsExpress}"));

        Assert.True(budget.TryTake(4 * Megabyte));
        Assert.False(budget.TryTake(1), "large ones fill half of it");
        Assert.True(budget.TryTake(4 * Megabyte, small: true));
        budget.Release(4 * Megabyte);
        budget.Wait(Waiter("first", 2 * Megabyte));
        MemoryWaiter second = Waiter("second", 10);
        budget.Wait(second);
        budget.Wait(Waiter("third", 20));
        budget.Release(Megabyte);
        host.RunUntilIdle();
        Assert.Empty(told);
        Assert.False(budget.TryTake(1), "others wait in this line");

        Assert.True(budget.Leave(second));
        Assert.False(budget.Leave(second));
        budget.Release(2 * Megabyte);
        host.RunUntilIdle();
        Assert.Equal(["first 2097152 False", "third 20 False"], told);
        Assert.Equal(3 * Megabyte + 20, budget.Used);
        Assert.Equal(0, budget.Waiting);
    }

    [Fact]
    public void The_first_in_line_gets_its_whole_frame_by_express_one_at_a_time()
    {
        using var host = new SteppedShardHost(1);
        var budget = new MemoryBudget(8 * Megabyte);
        var told = new List<string>();
        MemoryWaiter Waiter(string name) => new(host.Shards[0], Megabyte, 2 * Megabyte, false, waiter => told.Add($"{name} {waiter.Granted} {waiter.IsExpress}"));

        Assert.True(budget.TryTake(4 * Megabyte));
        budget.Wait(Waiter("first"));
        budget.Wait(Waiter("second"));
        host.RunUntilIdle();
        Assert.Equal(["first 2097152 True"], told);
        Assert.Equal(6 * Megabyte, budget.Used);
        Assert.True(budget.TryTake(2 * Megabyte, small: true), "small ones pass");
        budget.Release(2 * Megabyte);

        budget.Release(2 * Megabyte, express: true);
        host.RunUntilIdle();
        Assert.Equal(["first 2097152 True", "second 2097152 True"], told);
    }
}
