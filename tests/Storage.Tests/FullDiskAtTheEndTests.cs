using Gateway.Common.Ids;

namespace Gateway.Storage.Tests;

/// <summary>A store is closed while its disk has no room: that is no failed disk, and what was acknowledged is in the journal.</summary>
public class FullDiskAtTheEndTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void What_was_flushed_is_there_again_although_no_checkpoint_could_be_written(int logs)
    {
        var fixture = new LogFixture();
        for (int partition = 1; partition < logs; partition++)
            _ = fixture.Stepped.OpenLog(new TopicIdPartition(LogFixture.Id.TopicId, partition));
        fixture.AppendFlushed("a");
        fixture.AppendFlushed("b", "c");
        fixture.Stepped.Files.FreeSpace = 0;
        fixture.Stepped.Close();
        Assert.True(fixture.Stepped.Store.IsOnline);
        fixture.Stepped.Files.FreeSpace = long.MaxValue;
        fixture.Stepped.Open();
        fixture.Reopen();
        Assert.False(fixture.Stepped.Store.WasClosedCleanly);
        Assert.Equal(["a", "b", "c"], fixture.ReadAll());
    }
}
