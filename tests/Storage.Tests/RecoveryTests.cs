namespace Gateway.Storage.Tests;

public class RecoveryTests
{
    [Fact]
    public void What_was_flushed_survives_a_power_cut_although_no_segment_was_synced()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var fixture = new LogFixture();
            fixture.AppendFlushed("a");
            fixture.AppendFlushed("b", "c");
            fixture.Append("never acknowledged");
            fixture.Crash(seed);
            Assert.Equal(["a", "b", "c"], fixture.ReadAll().Take(3));
            Assert.Equal(fixture.Log.LogEndOffset, fixture.Log.FlushedOffset);
            Assert.False(fixture.Stepped.Store.WasClosedCleanly);
            fixture.AppendFlushed("d");
            fixture.Crash(seed + 1);
            Assert.Contains("d", fixture.ReadAll());
        }
    }

    [Fact]
    public void A_killed_process_loses_nothing_that_was_written()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        fixture.Append("b");
        fixture.Kill();
        Assert.Equal(["a", "b"], fixture.ReadAll());
    }

    [Fact]
    public void After_a_clean_end_nothing_is_recovered()
    {
        var fixture = new LogFixture();
        fixture.Log.StartEpoch(4);
        fixture.Append("a");
        fixture.Restart();
        Assert.True(fixture.Stepped.Store.WasClosedCleanly);
        Assert.Equal(["a"], fixture.ReadAll());
        Assert.Equal(4, fixture.Log.LeaderEpoch);
        fixture.AppendFlushed("b");
        fixture.Crash();
        Assert.Equal(["a", "b"], fixture.ReadAll());
    }
}
