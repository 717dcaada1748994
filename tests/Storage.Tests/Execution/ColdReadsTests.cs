using Gateway.Simulation.Disk;
using Gateway.Storage.Execution;

namespace Gateway.Storage.Tests.Execution;

/// <summary>Whose turn it is to read from the device, on a clock that only the test moves.</summary>
public class ColdReadsTests
{
    private readonly TimerTime _time = new();
    private readonly SteppedExecutor _io = new();
    private readonly SteppedExecutor _owner = new();
    private readonly DiskDemand _demand;
    private readonly ColdReads _reads;
    private readonly List<int> _ran = [];

    public ColdReadsTests()
    {
        _demand = new DiskDemand(_time);
        _reads = new ColdReads(_io, _demand, _time);
    }

    [Fact]
    public void While_nobody_appends_some_run_at_once_and_the_next_one_as_soon_as_one_is_done()
    {
        for (int i = 0; i < 5; i++) _ = Read(i);
        Assert.Equal(ColdReads.AtOnce, _reads.Running);
        RunAll();
        Assert.Equal([0, 1, 2, 3, 4], _ran);
        Assert.Empty(_time.Rests);
    }

    [Fact]
    public void Beside_appends_they_run_one_by_one_with_rests_three_times_as_long()
    {
        _demand.NoteAppend();
        for (int i = 0; i < 3; i++) _ = Read(i, milliseconds: 2);
        Assert.Equal(1, _reads.Running);
        RunAll();
        Assert.Equal([0], _ran);
        Assert.Equal([TimeSpan.FromMilliseconds(6)], _time.Rests);
        _time.Fire();
        RunAll();
        Assert.Equal([0, 1], _ran);
        // Nobody has appended for long: no more rests.
        _time.Advance(DiskDemand.Window);
        _time.Fire();
        RunAll();
        Assert.Equal([0, 1, 2], _ran);
        Assert.Equal(2, _time.Rests.Count);
    }

    [Fact]
    public void Short_rests_are_saved_up()
    {
        _demand.NoteAppend();
        for (int i = 0; i < 5; i++) _ = Read(i, microseconds: 100);
        RunAll();
        Assert.Equal([0, 1, 2, 3], _ran);
        Assert.Equal([TimeSpan.FromMicroseconds(1_200)], _time.Rests);
    }

    [Fact]
    public void A_result_and_a_failure_come_to_the_owner_and_the_next_read_goes_on()
    {
        Task<int> failing = _reads.Run<int>(_owner, static () => throw new IOException("gone"));
        Task<int> next = Read(7);
        while (_io.RunOne())
        {
        }

        Assert.False(failing.IsCompleted || next.IsCompleted);
        RunAll();
        Assert.True(next.IsCompletedSuccessfully);
        Assert.Equal("gone", Assert.IsType<IOException>(failing.Exception!.InnerException).Message);
    }

    [Fact]
    public void Beside_appends_reads_are_short_and_fetch_nothing_ahead()
    {
        Assert.Equal(50 << 20, _reads.Allowed(50 << 20));
        Assert.Equal(800, _reads.Ahead(100));
        Assert.Equal(8 << 20, _reads.Ahead(int.MaxValue));
        _demand.NoteAppend();
        Assert.Equal(ColdReads.MostBesideAppends, _reads.Allowed(50 << 20));
        Assert.Equal(100, _reads.Allowed(100));
        Assert.Equal(0, _reads.Ahead(100));
    }

    private Task<int> Read(int number, int milliseconds = 0, int microseconds = 0) => _reads.Run(_owner, () =>
    {
        _ran.Add(number);
        _time.Advance(TimeSpan.FromMicroseconds((milliseconds * 1_000) + microseconds));
        return number;
    });

    private void RunAll()
    {
        while (_io.RunOne() || _owner.RunOne())
        {
        }
    }

    /// <summary>Notes the rests and lets the test end them.</summary>
    private sealed class TimerTime : TimeProvider
    {
        private long _now;
        private TimerCallback? _callback;
        private object? _state;

        internal List<TimeSpan> Rests { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, _state) = (callback, state);
            return new NotedTimer(this);
        }

        internal void Advance(TimeSpan by) => _now += by.Ticks;

        internal void Fire() => _callback!(_state);

        private sealed class NotedTimer(TimerTime time) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                time.Rests.Add(dueTime);
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
