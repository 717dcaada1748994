using Gateway.Common.Errors;

namespace Gateway.Shards.Tests;

public sealed class ShardRefTests : IDisposable
{
    private readonly ThreadedShardHost _host = new(new ShardOptions { ShardCount = 2 });

    public ShardRefTests() => _host.Start();

    public void Dispose() => _host.Dispose();

    private sealed class Counter(Shard shard) : ShardOwned(shard)
    {
        private int _value;

        public int Add(int by)
        {
            AssertOnShard();
            return _value += by;
        }

        public async ValueTask<int> AddLater(int by)
        {
            AssertOnShard();
            await Task.Run(static () => { });
            AssertOnShard();
            return Add(by);
        }
    }

    [Fact]
    public async Task A_call_runs_on_the_owner_and_resumes_on_the_caller()
    {
        Shard caller = _host.Shards[0], owner = _host.Shards[1];
        var counter = new ShardRef<Counter>(owner, new Counter(owner));
        await caller.Run(async () =>
        {
            Assert.Equal(3, await counter.Call(static c => ValueTask.FromResult(c.Add(3))));
            Assert.Same(caller, Shard.Current);
            Assert.Equal(7, await counter.Call(static (c, by) => c.AddLater(by), 4));
            Assert.Same(caller, Shard.Current);
        });
    }

    [Fact]
    public async Task On_the_owner_a_call_runs_inline()
    {
        Shard owner = _host.Shards[1];
        var counter = new ShardRef<Counter>(owner, new Counter(owner));
        Assert.True(await owner.Ask(() => counter.Call(static c => ValueTask.FromResult(c.Add(1))).IsCompletedSuccessfully));
    }

    [Fact]
    public async Task A_caller_of_no_shard_is_never_resumed_on_the_owners_thread()
    {
        Shard owner = _host.Shards[1];
        var counter = new ShardRef<Counter>(owner, new Counter(owner));
        // On the pool, so that no context of the test takes the continuation elsewhere.
        await Task.Run(async () =>
        {
            for (int i = 1; i <= 200; i++)
            {
                Assert.Equal(i, await counter.Call(static c => ValueTask.FromResult(c.Add(1))));
                Assert.Null(Shard.Current);
            }
        }).InTime();
    }

    [Fact]
    public async Task What_the_call_throws_reaches_the_caller()
    {
        Shard caller = _host.Shards[0], owner = _host.Shards[1];
        var counter = new ShardRef<Counter>(owner, new Counter(owner));
        await caller.Run(async () =>
        {
            await Assert.ThrowsAsync<InvalidDataException>(async () => await counter.Call<int>(static _ => throw new InvalidDataException()));
            await Assert.ThrowsAsync<TimeoutException>(async () => await counter.Call<int>(static async c =>
            {
                await c.AddLater(1);
                throw new TimeoutException();
            }));
            Assert.Same(caller, Shard.Current);
        });
    }

    [Fact]
    public async Task Posts_and_calls_from_elsewhere_keep_their_order()
    {
        Shard caller = _host.Shards[0], owner = _host.Shards[1];
        var log = new ShardRef<List<int>>(owner, []);
        await caller.Run(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                log.Post(static (list, number) => list.Add(number), i);
            }
            int seen = await log.Call(static list => ValueTask.FromResult(list.Count));
            Assert.Equal(1000, seen);
        });
        Assert.Equal(Enumerable.Range(0, 1000), await owner.Ask(() => log.Local.ToArray()));
    }

    [Fact]
    public async Task State_entered_off_its_shard_throws()
    {
        var counter = new Counter(_host.Shards[1]);
        Assert.Contains("from no shard", Assert.Throws<InvariantBrokenException>(() => counter.Add(1)).Message, StringComparison.Ordinal);
        await _host.Shards[0].Run(() =>
        {
            Assert.Contains("from shard 0", Assert.Throws<InvariantBrokenException>(() => counter.Add(1)).Message, StringComparison.Ordinal);
            return Task.CompletedTask;
        });
        Assert.Equal(1, await _host.Shards[1].Ask(() => counter.Add(1)));
    }

    [Fact]
    public async Task A_call_to_a_stopped_shard_fails_instead_of_hanging()
    {
        var stopped = new ThreadedShardHost(new ShardOptions { ShardCount = 1 });
        stopped.Start();
        stopped.Stop();
        var counter = new ShardRef<Counter>(stopped.Shards[0], new Counter(stopped.Shards[0]));
        await Assert.ThrowsAsync<ShardStoppedException>(async () => await counter.Call(static c => ValueTask.FromResult(c.Add(1))));
    }

    [Fact]
    public async Task An_await_on_the_pool_resumes_on_the_shard()
    {
        Shard shard = _host.Shards[0];
        await shard.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await Task.Run(static () => Assert.Null(Shard.Current));
                Assert.Same(shard, Shard.Current);
            }
            await Task.Yield();
            Assert.Same(shard, Shard.Current);
        });
    }

    [Fact]
    public async Task A_task_given_to_the_scheduler_runs_on_the_shard()
    {
        Shard shard = _host.Shards[1];
        Shard? ranOn = await Task.Factory.StartNew(static () => Shard.Current, CancellationToken.None, TaskCreationOptions.None, shard.Scheduler).InTime();
        Assert.Same(shard, ranOn);
    }
}
