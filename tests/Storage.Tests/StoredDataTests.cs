using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Storage.Tests;

public class StoredDataTests
{
    [Fact]
    public void LOG_9_rot_in_a_closed_segment_is_answered_as_corrupt_and_never_skipped()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 300 });
        for (int i = 0; i < 12; i++) fixture.Append($"012345678{i % 10}");
        fixture.Stepped.Close();
        string path = fixture.Stepped.Files.AllFiles().First(static path => path.EndsWith(".log", StringComparison.Ordinal));
        byte[] bytes = fixture.Stepped.Files.ReadAll(path);
        bytes[78 + 70] ^= 0x10; // the second batch's value
        fixture.Stepped.Files.Replace(path, bytes);
        _ = fixture.Stepped.Open();
        fixture.Reopen();
        using (Common.Buffers.RecordsLease good = fixture.Read(0).Records!) Assert.Equal([(0, "0123456780")], Batches.Decode(good));
        Assert.Equal(new LogReadResult(ErrorCode.CorruptMessage, null, 1), fixture.Read(1));
        Assert.Equal(ErrorCode.CorruptMessage, fixture.Read(1).Error);
        using Common.Buffers.RecordsLease behind = fixture.Read(2, maxBytes: 1).Records!;
        Assert.Equal([(2, "0123456782")], Batches.Decode(behind));
    }

    [Fact]
    public void LOG_9_rot_of_a_length_is_answered_as_corrupt_too()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 300 });
        for (int i = 0; i < 12; i++) fixture.Append($"012345678{i % 10}");
        fixture.Stepped.Close();
        foreach (string index in fixture.Stepped.Files.AllFiles().Where(static path => path.EndsWith(".index", StringComparison.Ordinal)))
            fixture.Stepped.Files.Delete(index);
        string path = fixture.Stepped.Files.AllFiles().First(static path => path.EndsWith(".log", StringComparison.Ordinal));
        byte[] bytes = fixture.Stepped.Files.ReadAll(path);
        bytes[78 + 8] = 0x7F;
        fixture.Stepped.Files.Replace(path, bytes);
        _ = fixture.Stepped.Open();
        fixture.Reopen();
        Assert.Equal(ErrorCode.CorruptMessage, fixture.Read(1).Error);
        Assert.Equal(ErrorCode.CorruptMessage, fixture.Read(2).Error);
        Assert.Equal(ErrorCode.None, fixture.Read(3).Error);
    }

    [Fact]
    public void A_device_error_on_a_read_is_a_storage_error_and_leaves_the_log_open()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        fixture.Stepped.Files.IsCold = static _ => true;
        fixture.Stepped.Files.FailReads = true;
        Assert.Equal(ErrorCode.KafkaStorageError, fixture.Read(0).Error);
        fixture.Stepped.Files.FailReads = false;
        Assert.Equal(["a"], fixture.ReadAll());
    }

    [Fact]
    public void A_batch_larger_than_every_buffer_comes_back_whole()
    {
        var fixture = new LogFixture();
        fixture.Append(Batches.OfSize(3 << 20, seed: 1));
        fixture.AppendFlushed("behind");
        fixture.Restart();
        fixture.Stepped.Files.IsCold = static _ => true;
        using Common.Buffers.RecordsLease records = fixture.Read(0, maxBytes: 100).Records!;
        byte[] value = new byte[3 << 20];
        new Random(1).NextBytes(value);
        Assert.Equal(value, RecordReader.ReadAll(records.Memory)[0].Value!.Value.ToArray());
    }

    [Fact]
    public void Producer_snapshots_come_back_and_a_truncation_below_takes_them_away()
    {
        var fixture = new LogFixture();
        Assert.Null(fixture.Log.LoadProducerSnapshot());
        fixture.AppendFlushed("a");
        fixture.AppendFlushed("b");
        fixture.Log.StoreProducerSnapshot(new ProducerSnapshot(2, new byte[] { 1, 2, 3 }));
        fixture.Log.StoreProducerSnapshot(new ProducerSnapshot(2, new byte[] { 4, 5 }));
        fixture.Restart();
        ProducerSnapshot? loaded = fixture.Log.LoadProducerSnapshot();
        Assert.Equal((2, 2), (loaded!.Offset, loaded.Content.Length));
        Assert.Equal([4, 5], loaded.Content.ToArray());
        fixture.Log.TruncateTo(1);
        fixture.Stepped.RunUntilIdle();
        Assert.Null(fixture.Log.LoadProducerSnapshot());
    }

    [Fact]
    public void A_snapshot_of_records_that_are_not_durable_is_not_stored()
    {
        var fixture = new LogFixture();
        fixture.Append("a");
        fixture.Log.StoreProducerSnapshot(new ProducerSnapshot(1, new byte[] { 1 }));
        fixture.Stepped.RunUntilIdle();
        Assert.Null(fixture.Log.LoadProducerSnapshot());
    }

    [Fact]
    public void A_deleted_log_is_gone_and_a_new_one_of_the_same_partition_starts_empty()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var fixture = new LogFixture();
            fixture.AppendFlushed("a");
            string old = fixture.LogDirectory;
            fixture.Stepped.Store.DeleteLog(LogFixture.Id);
            Assert.False(fixture.Log.IsOpen);
            Assert.Empty(fixture.Stepped.Store.ExistingLogs);
            fixture.Reopen();
            Assert.Equal(0, fixture.Log.LogEndOffset);
            fixture.AppendFlushed("b");
            Assert.DoesNotContain(fixture.Stepped.Files.AllFiles(), path => path.StartsWith(old + "/", StringComparison.Ordinal));
            fixture.Crash(seed);
            Assert.Equal(["b"], fixture.ReadAll());
        }
    }

    [Fact]
    public void A_closed_log_can_be_opened_again_and_an_open_one_cannot()
    {
        var fixture = new LogFixture();
        fixture.Append("a");
        _ = Assert.Throws<InvalidOperationException>(() => fixture.Stepped.OpenLog(LogFixture.Id));
        fixture.Stepped.Wait(fixture.Log.CloseAsync());
        Assert.Equal(ErrorCode.KafkaStorageError, fixture.Read(0).Error);
        fixture.Reopen();
        Assert.Equal(["a"], fixture.ReadAll());
        fixture.AppendFlushed("b");
        fixture.Crash(1);
        Assert.Equal(["a", "b"], fixture.ReadAll());
        Assert.Equal([LogFixture.Id], fixture.Stepped.Store.ExistingLogs);
        Assert.Equal(new TopicIdPartition(LogFixture.Id.TopicId, 0), fixture.Log.Id);
    }
}
