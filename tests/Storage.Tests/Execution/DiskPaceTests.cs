using Gateway.Simulation.Disk;
using Gateway.Storage.Execution;

namespace Gateway.Storage.Tests.Execution;

/// <summary>The pace of work in the background, on a clock that only waiting moves.</summary>
public class DiskPaceTests
{
    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TimeSpan> _waits = [];

    private DiskPace Of(double bytesPerSecond) => new(_time, bytesPerSecond, _stop.Token)
    {
        WaitUntilStopped = wait =>
        {
            _waits.Add(wait);
            _time.Advance(wait);
            return _stop.IsCancellationRequested;
        },
    };

    [Fact]
    public void Bytes_take_the_time_they_should()
    {
        DiskPace pace = Of(1_000);
        DateTimeOffset started = _time.GetUtcNow();
        for (int i = 0; i < 100; i++) pace.Took(100);
        Assert.Equal(TimeSpan.FromSeconds(10), _time.GetUtcNow() - started);
    }

    [Fact]
    public void Time_that_was_used_otherwise_counts_and_a_pause_is_not_made_up_for()
    {
        DiskPace pace = Of(1_000);
        pace.Took(500);
        Assert.Equal([TimeSpan.FromSeconds(0.5)], _waits);
        _time.Advance(TimeSpan.FromSeconds(0.3));
        pace.Took(200);
        // 700 bytes are due after 0.7 s, and 0.8 have passed.
        Assert.Single(_waits);
        _time.Advance(TimeSpan.FromSeconds(60));
        pace.Took(1);
        pace.Took(1_000);
        Assert.Equal(TimeSpan.FromSeconds(1), _waits[^1]);
    }

    [Fact]
    public void Without_a_limit_nothing_waits()
    {
        DiskPace pace = Of(double.MaxValue);
        pace.Took(long.MaxValue);
        pace.Took(long.MaxValue);
        Assert.Empty(_waits);
    }

    [Fact]
    public void Work_that_is_stopped_ends_before_and_while_it_waits()
    {
        DiskPace pace = new(_time, 1_000, _stop.Token)
        {
            WaitUntilStopped = _ =>
            {
                _stop.Cancel();
                return true;
            },
        };
        Assert.Throws<PaceStoppedException>(() => pace.Took(100));
        Assert.Throws<PaceStoppedException>(() => Of(double.MaxValue).Took(1));
    }
}
