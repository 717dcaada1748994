namespace Gateway.Shards.Tests;

public sealed class TimerTests : IDisposable
{
    private readonly SteppedShardHost _host = new(1);
    private readonly List<string> _fired = [];

    private Shard Shard => _host.Shards[0];

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Timers_fire_at_their_moment_and_not_before()
    {
        OnShard(() =>
        {
            Shard.Schedule(TimeSpan.FromMilliseconds(20), () => Note("second"));
            Shard.Schedule(TimeSpan.FromMilliseconds(10), () => Note("first"));
        });
        _host.Advance(TimeSpan.FromMilliseconds(9.999));
        Assert.Empty(_fired);
        _host.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(["first at 10", "second at 20"], _fired);
    }

    [Fact]
    public void A_timer_started_anew_fires_once_at_its_last_moment_and_can_be_started_again()
    {
        ShardTimer timer = Shard.CreateTimer(static test => test.Note("fired"), this);
        Assert.False(timer.IsPending);
        OnShard(() =>
        {
            timer.Start(TimeSpan.FromMilliseconds(5));
            timer.Start(TimeSpan.FromMilliseconds(20));
        });
        _host.Advance(TimeSpan.FromMilliseconds(19));
        Assert.Empty(_fired);
        _host.Advance(TimeSpan.FromMilliseconds(11));
        Assert.Equal(["fired at 20"], _fired);
        OnShard(() => timer.Start(TimeSpan.FromMilliseconds(10)));
        _host.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal(["fired at 20", "fired at 40"], _fired);
        OnShard(() =>
        {
            timer.Start(TimeSpan.FromMilliseconds(10));
            timer.Dispose();
        });
        _host.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal(2, _fired.Count);
    }

    [Fact]
    public void Timers_due_together_fire_in_the_order_they_were_scheduled()
    {
        OnShard(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                int number = i;
                Shard.Schedule(TimeSpan.FromMilliseconds(5), () => _fired.Add($"{number}"));
            }
        });
        _host.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), _fired);
    }

    [Fact]
    public void A_timer_taken_back_never_fires()
    {
        OnShard(() =>
        {
            ShardTimer late = Shard.Schedule(TimeSpan.FromMilliseconds(10), () => Note("late"));
            Shard.Schedule(TimeSpan.FromMilliseconds(10), () => Note("kept"));
            // Due at the same moment, but earlier in line: even then the other one must stay away.
            Shard.Schedule(TimeSpan.FromMilliseconds(9), late.Dispose);
            Assert.True(late.IsPending);
        });
        _host.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["kept at 10"], _fired);
    }

    [Fact]
    public void A_periodic_job_that_schedules_itself_keeps_its_pace()
    {
        void Tick()
        {
            Note("tick");
            if (_fired.Count < 4) Shard.Schedule(TimeSpan.FromMilliseconds(7), Tick);
        }
        OnShard(() => Shard.Schedule(TimeSpan.FromMilliseconds(7), Tick));
        _host.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["tick at 7", "tick at 14", "tick at 21", "tick at 28"], _fired);
    }

    [Fact]
    public void Any_mix_of_scheduling_and_taking_back_fires_like_a_sorted_list()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            using var host = new SteppedShardHost(1, seed);
            Shard shard = host.Shards[0];
            var fired = new List<int>();
            var expected = new List<(int Due, int Id)>();
            shard.Post(() =>
            {
                var live = new List<(ShardTimer Timer, int Due, int Id)>();
                for (int id = 0; id < 300; id++)
                {
                    if (live.Count > 0 && random.Next(3) == 0)
                    {
                        int victim = random.Next(live.Count);
                        live[victim].Timer.Dispose();
                        live.RemoveAt(victim);
                        continue;
                    }
                    int number = id, due = random.Next(100);
                    live.Add((shard.Schedule(TimeSpan.FromMilliseconds(due), () => fired.Add(number)), due, id));
                }
                expected.AddRange(live.Select(timer => (timer.Due, timer.Id)));
            });
            host.RunUntilIdle();
            host.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(expected.OrderBy(t => t.Due).ThenBy(t => t.Id).Select(t => t.Id), fired);
        }
    }

    [Fact]
    public void A_delay_ends_on_the_shard_at_its_moment_or_when_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        async Task Wait(string name, CancellationToken token)
        {
            try
            {
                await Shard.Delay(TimeSpan.FromMilliseconds(50), token);
                Assert.True(Shard.IsCurrent);
                Note(name);
            }
            catch (OperationCanceledException)
            {
                Assert.True(Shard.IsCurrent);
                Note($"{name} cancelled");
            }
        }
        OnShard(() =>
        {
            _ = Wait("first", CancellationToken.None);
            _ = Wait("second", cancel.Token);
        });
        _host.Advance(TimeSpan.FromMilliseconds(30));
        cancel.Cancel();
        _host.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Equal(["second cancelled at 30", "first at 50"], _fired);
        Assert.Equal(0, Shard.Timers.Count);
    }

    [Fact]
    public async Task A_threaded_shard_sleeps_until_its_timer_is_due()
    {
        using var host = new ThreadedShardHost(new ShardOptions { ShardCount = 1 });
        host.Start();
        Shard shard = host.Shards[0];
        var fired = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        shard.Post(() =>
        {
            long scheduled = shard.Time.GetTimestamp();
            shard.Schedule(TimeSpan.FromMilliseconds(30), () => fired.SetResult(shard.Time.GetElapsedTime(scheduled)));
        });
        Assert.True(await fired.Task.InTime() >= TimeSpan.FromMilliseconds(30));
    }

    private void OnShard(Action work)
    {
        Shard.Post(work);
        _host.RunUntilIdle();
    }

    private void Note(string what) => _fired.Add($"{what} at {_host.Time.GetTimestamp() / TimeSpan.TicksPerMillisecond}");
}
