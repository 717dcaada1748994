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

    [Fact]
    public void Beside_clients_work_rests_three_times_as_long_as_it_takes()
    {
        var demand = new DiskDemand(_time);
        DiskPace pace = Of(double.MaxValue);
        pace.Demand = demand;
        demand.NoteAppend();
        pace.Begin();
        Work(pace, milliseconds: 4);
        Assert.Equal([TimeSpan.FromMilliseconds(12)], _waits);
        demand.NoteRead();
        Work(pace, milliseconds: 2);
        Assert.Equal(TimeSpan.FromMilliseconds(6), _waits[^1]);
        // However long a piece took, it goes on soon.
        Work(pace, milliseconds: 500);
        Assert.Equal(Restraint.LongestRest, _waits[^1]);
    }

    [Fact]
    public void Work_rests_for_nobody_when_the_last_client_is_gone()
    {
        var demand = new DiskDemand(_time);
        DiskPace pace = Of(double.MaxValue);
        pace.Demand = demand;
        Work(pace, milliseconds: 10);
        demand.NoteAppend();
        _time.Advance(DiskDemand.Window);
        Work(pace, milliseconds: 10);
        Assert.Empty(_waits);
    }

    [Fact]
    public void What_lies_before_a_piece_of_work_is_no_work_and_little_of_it_is_saved_up()
    {
        var demand = new DiskDemand(_time);
        DiskPace pace = Of(double.MaxValue);
        pace.Demand = demand;
        _time.Advance(TimeSpan.FromSeconds(10));
        demand.NoteAppend();
        pace.Begin();
        for (int i = 0; i < 4; i++)
        {
            Assert.Empty(_waits);
            _time.Advance(TimeSpan.FromMicroseconds(250));
            pace.Took(1);
        }

        Assert.Equal([TimeSpan.FromMilliseconds(3)], _waits);
    }

    [Fact]
    public void A_log_that_grows_faster_than_it_is_cleaned_is_cleaned_with_less_and_less_rest()
    {
        int second = Restraint.NextRests(Restraint.UsualRests, dirtyBefore: 100, dirtyAfter: 100);
        int third = Restraint.NextRests(second, dirtyBefore: 100, dirtyAfter: 150);
        Assert.True(second < Restraint.UsualRests && third == 0);
        Assert.Equal(Restraint.UsualRests, Restraint.NextRests(third, dirtyBefore: 150, dirtyAfter: 149));
        var demand = new DiskDemand(_time);
        DiskPace pace = Of(double.MaxValue);
        (pace.Demand, pace.Rests) = (demand, third);
        demand.NoteAppend();
        Work(pace, milliseconds: 10);
        Assert.Empty(_waits);
    }

    private void Work(DiskPace pace, int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        pace.Took(1);
    }
}
