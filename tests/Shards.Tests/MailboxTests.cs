namespace Gateway.Shards.Tests;

public sealed class MailboxTests
{
    [Fact]
    public async Task Posts_of_each_thread_run_in_the_order_they_were_made()
    {
        const int threads = 4, posts = 20_000;
        using var host = new ThreadedShardHost(new ShardOptions { ShardCount = 1 });
        host.Start();
        Shard shard = host.Shards[0];
        var next = new int[threads];
        int outOfOrder = 0, left = threads * posts;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Thread[] senders = [.. Enumerable.Range(0, threads).Select(sender => new Thread(() =>
        {
            for (int i = 0; i < posts; i++)
            {
                shard.Post(work =>
                {
                    if (next[work.Sender]++ != work.Number) outOfOrder++;
                    if (--left == 0) all.SetResult();
                }, (Sender: sender, Number: i));
            }
        }))];
        foreach (Thread sender in senders) sender.Start();

        await all.Task.InTime();
        Assert.Equal(0, outOfOrder);
        Assert.All(next, count => Assert.Equal(posts, count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sleeping_shard_wakes_for_every_post(bool portable)
    {
        using var host = new ThreadedShardHost(new ShardOptions { ShardCount = 2, ForcePortableSockets = portable });
        host.Start();
        // Each hop goes to a shard that has most likely gone to sleep: a lost wake-up would hang the chain.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int hops = 0;
        void Hop(int left)
        {
            Volatile.Write(ref hops, hops + 1);
            if (left == 0) done.SetResult();
            else host.Shards[left % 2].Post(Hop, left - 1);
        }
        host.Shards[0].Post(Hop, 20_000);
        await done.Task.WhileStepping(() => Volatile.Read(ref hops));
    }

    [Fact]
    public async Task A_post_never_runs_inline()
    {
        using var host = new ThreadedShardHost(new ShardOptions { ShardCount = 1 });
        host.Start();
        Shard shard = host.Shards[0];
        var order = new List<string>();
        await shard.Ask(() =>
        {
            shard.Post(() => order.Add("posted"));
            order.Add("posting");
            return true;
        });
        Assert.Equal(["posting", "posted"], await shard.Ask(() => order.ToArray()));
    }

    [Fact]
    public void What_was_posted_before_the_stop_runs_and_what_comes_later_is_dropped()
    {
        var host = new ThreadedShardHost(new ShardOptions { ShardCount = 2 });
        int ran = 0;
        for (int i = 0; i < 1000; i++) host.Shards[i % 2].Post(() => Interlocked.Increment(ref ran));
        host.Start();
        host.Stop();
        Assert.Equal(1000, ran);

        host.Shards[0].Post(() => Interlocked.Increment(ref ran));
        Assert.Equal(1000, ran);
        Assert.False(host.Shards[0].HasPostedWork);
    }

    [Fact]
    public async Task An_escaped_exception_is_handed_over_and_the_shard_goes_on()
    {
        var escaped = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var host = new ThreadedShardHost(new ShardOptions { ShardCount = 1, OnUnhandled = (_, e) => escaped.TrySetResult(e) });
        host.Start();
        host.Shards[0].Post(() => throw new InvalidDataException("escaped"));
        Assert.Equal("escaped", (await escaped.Task.InTime()).Message);
        Assert.Equal(7, await host.Shards[0].Ask(() => 7));
    }
}
