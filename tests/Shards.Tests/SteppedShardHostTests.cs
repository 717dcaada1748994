namespace Gateway.Shards.Tests;

public sealed class SteppedShardHostTests
{
    private static string RunOfThree(int seed)
    {
        using var host = new SteppedShardHost(3, seed);
        var order = new List<int>();
        foreach (Shard shard in host.Shards)
        {
            for (int i = 0; i < 8; i++) shard.Post(() => order.Add(shard.Index));
        }
        host.RunUntilIdle();
        Assert.Equal(24, order.Count);
        return string.Concat(order);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_and_others_differ()
    {
        Assert.Equal(RunOfThree(17), RunOfThree(17));
        Assert.True(Enumerable.Range(0, 10).Select(RunOfThree).Distinct().Count() > 5);
    }

    [Fact]
    public void Shards_draw_their_chance_from_the_seed_each_its_own()
    {
        using var one = new SteppedShardHost(2, 5);
        using var same = new SteppedShardHost(2, 5);
        int first = one.Shards[0].Random.Next(), second = one.Shards[1].Random.Next();
        Assert.Equal((first, second), (same.Shards[0].Random.Next(), same.Shards[1].Random.Next()));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Code_runs_on_its_shard_and_the_test_does_not()
    {
        using var host = new SteppedShardHost(2);
        Shard? seen = null;
        SynchronizationContext? before = SynchronizationContext.Current;
        host.Shards[1].Post(() => seen = Shard.Current);
        Assert.True(host.RunOne());
        Assert.False(host.RunOne());
        Assert.Same(host.Shards[1], seen);
        Assert.Null(Shard.Current);
        Assert.Same(before, SynchronizationContext.Current);
    }

    [Fact]
    public void Calls_between_shards_complete_step_by_step()
    {
        using var host = new SteppedShardHost(2, 3);
        var list = new ShardRef<List<string>>(host.Shards[1], []);
        var resumedOn = new TaskCompletionSource<int>();
        host.Shards[0].Post(async () =>
        {
            await list.Call(static async target =>
            {
                target.Add("before");
                await Shard.Current!.Delay(TimeSpan.FromSeconds(3));
                target.Add("after");
                return target.Count;
            });
            resumedOn.SetResult(Shard.Current!.Index);
        });
        Assert.Equal(0, host.RunUntilCompleted(resumedOn.Task));
        Assert.Equal(TimeSpan.FromSeconds(3).Ticks, host.Time.GetTimestamp());
    }

    [Fact]
    public void A_wait_for_nothing_is_reported_as_a_deadlock()
    {
        using var host = new SteppedShardHost(1);
        Assert.Throws<InvalidOperationException>(() => host.RunUntilCompleted(new TaskCompletionSource<int>().Task));
    }

    [Fact]
    public void An_escaped_exception_reaches_the_test()
    {
        using var host = new SteppedShardHost(1);
        host.Shards[0].Post(() => throw new InvalidDataException("escaped"));
        Assert.Equal("escaped", Assert.Throws<InvalidDataException>(() => host.RunUntilIdle()).Message);
        host.Shards[0].Post(async () =>
        {
            await Task.Yield();
            throw new InvalidDataException("later");
        });
        Assert.Equal("later", Assert.Throws<InvalidDataException>(() => host.RunUntilIdle()).Message);
    }

    [Fact]
    public void Turns_above_the_limit_are_counted()
    {
        using var host = new SteppedShardHost(1);
        Shard shard = host.Shards[0];
        shard.Post(() => host.Time.Advance(TimeSpan.FromMilliseconds(5)));
        shard.Post(() => host.Time.Advance(TimeSpan.FromMilliseconds(5.001)));
        shard.Post(() => { });
        host.RunUntilIdle();
        Assert.Equal(3, shard.TurnCount);
        Assert.Equal(1, shard.SlowTurnCount);
        Assert.Equal(TimeSpan.FromMilliseconds(10.001), shard.BusyTime);
    }

    [Fact]
    public void The_virtual_clock_fires_framework_timers_at_their_moment()
    {
        var time = new VirtualTimeProvider();
        var fired = new List<long>();
        using ITimer timer = time.CreateTimer(_ => fired.Add(time.GetUtcNow().Ticks), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        long start = time.GetUtcNow().Ticks;
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal([start + TimeSpan.TicksPerSecond, start + 3 * TimeSpan.TicksPerSecond], fired);
        timer.Dispose();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, fired.Count);
    }
}
