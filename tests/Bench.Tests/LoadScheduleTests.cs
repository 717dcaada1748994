using Gateway.Bench.Load;

namespace Gateway.Bench.Tests;

public sealed class LoadScheduleTests
{
    [Fact]
    public void Lanes_take_turns_so_that_the_whole_keeps_the_rate()
    {
        LoadSchedule schedule = LoadSchedule.From(1_000, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), 4, lanes: 2);
        long quarter = 250_000_000;
        Assert.Equal([1_000, 1_000 + 2 * quarter, 1_000 + 4 * quarter], Enumerable.Range(0, 3).Select(n => schedule.MomentOf(0, n)));
        Assert.Equal([1_000 + quarter, 1_000 + 3 * quarter], Enumerable.Range(0, 2).Select(n => schedule.MomentOf(1, n)));
        Assert.True(schedule.IsPaced);
        Assert.Equal(2, schedule.MeasuredSeconds);
    }

    [Fact]
    public void Only_moments_after_the_warm_up_and_before_the_end_count()
    {
        LoadSchedule schedule = LoadSchedule.From(0, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 0, lanes: 1);
        Assert.False(schedule.Measures(999_999_999));
        Assert.True(schedule.Measures(1_000_000_000));
        Assert.True(schedule.Measures(1_999_999_999));
        Assert.False(schedule.Measures(2_000_000_000));
        Assert.False(schedule.IsPaced);
    }
}
