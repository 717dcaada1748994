using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Storage.Execution;
using Gateway.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests;

/// <summary>Bytes that turned over on the device, in places that no batch's checksum covers, and in those that none but a scrub reads.</summary>
public class RotTests
{
    private const int BatchBytes = 78;
    private const int EpochPosition = 15;

    /// <summary>Twelve batches of one record, three to a segment, closed.</summary>
    private static LogFixture Closed()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 300 });
        fixture.Log.StartEpoch(3);
        for (int i = 0; i < 12; i++) fixture.Append($"012345678{i % 10}");
        fixture.Stepped.Close();
        return fixture;
    }

    private static void Rot(LogFixture fixture, int segment, Func<byte[], byte[]> change)
    {
        string path = fixture.Stepped.Files.AllFiles().Where(static path => path.EndsWith(".log", StringComparison.Ordinal)).ElementAt(segment);
        fixture.Stepped.Files.Replace(path, change(fixture.Stepped.Files.ReadAll(path)));
    }

    private static void Open(LogFixture fixture)
    {
        _ = fixture.Stepped.Open();
        fixture.Reopen();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void LOG_9_a_batch_whose_offset_rotted_is_not_given_out_under_another(int added)
    {
        LogFixture fixture = Closed();
        Rot(fixture, segment: 0, bytes =>
        {
            RecordBatchBytes.SetBaseOffset(bytes.AsSpan(BatchBytes), 1 + added);
            return bytes;
        });
        Open(fixture);
        Assert.Equal(new LogReadResult(ErrorCode.CorruptMessage, null, 1), fixture.Read(1));
        Assert.Equal(ErrorCode.None, fixture.Read(3).Error);
    }

    [Fact]
    public void LOG_9_a_batch_whose_leader_epoch_rotted_is_corrupt()
    {
        LogFixture fixture = Closed();
        Rot(fixture, segment: 1, static bytes =>
        {
            bytes[EpochPosition] ^= 4;
            return bytes;
        });
        Open(fixture);
        Assert.Equal(ErrorCode.CorruptMessage, fixture.Read(3).Error);
        Assert.Equal(ErrorCode.None, fixture.Read(6).Error);
    }

    [Fact]
    public void LOG_9_a_segment_that_lost_its_last_batch_is_corrupt_there_and_not_empty()
    {
        LogFixture fixture = Closed();
        Rot(fixture, segment: 0, static bytes => bytes[..(2 * BatchBytes)]);
        Open(fixture);
        Assert.Equal(ErrorCode.None, fixture.Read(1).Error);
        Assert.Equal(ErrorCode.CorruptMessage, fixture.Read(2).Error);
        Assert.Equal(ErrorCode.None, fixture.Read(3).Error);
    }

    [Fact]
    public void What_a_refused_append_left_behind_the_end_of_a_segment_is_nobodys()
    {
        LogFixture fixture = Closed();
        // The batch that follows on, as it was refused: whole, and with the right offset.
        Rot(fixture, segment: 0, bytes =>
        {
            byte[] left = bytes[^BatchBytes..];
            RecordBatchBytes.SetBaseOffset(left, 3);
            return [.. bytes, .. left];
        });
        Open(fixture);
        Assert.Equal(Enumerable.Range(0, 12).Select(static i => $"012345678{i % 10}"), fixture.ReadAll());
        Assert.NotNull(fixture.Stepped.Wait(fixture.Log.FindMaxTimestampAsync(12)));
        Assert.Null(fixture.Stepped.Wait(fixture.Log.FindByTimestampAsync(long.MaxValue, 12)));
        using var scrubber = new LogScrubber(fixture.Stepped.Cleaner, double.MaxValue, fixture.Stepped.Time);
        Assert.Equal(0, fixture.Stepped.Wait(fixture.Log.ScrubAsync(scrubber)).DamagedSegments);
    }

    public static TheoryData<string, int> Damages => new()
    {
        { "value", BatchBytes + 70 }, { "offset", BatchBytes + 7 }, { "length", BatchBytes + 11 }, { "epoch", BatchBytes + EpochPosition },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_scrub_finds_damage_before_a_reader_does(string what, int position)
    {
        LogFixture fixture = Closed();
        Open(fixture);
        using var scrubber = new LogScrubber(fixture.Stepped.Cleaner, double.MaxValue, fixture.Stepped.Time);
        Assert.Equal(0, fixture.Stepped.Wait(fixture.Log.ScrubAsync(scrubber)).DamagedSegments);
        // Read and found right once, so that nothing but the scrub would look again.
        Assert.Equal(12, fixture.ReadAll().Count);
        Rot(fixture, segment: 2, bytes =>
        {
            bytes[position] ^= 0x10;
            return bytes;
        });
        ScrubResult found = fixture.Stepped.Wait(fixture.Log.ScrubAsync(scrubber));
        Assert.Equal((what, 1), (what, found.DamagedSegments));
        Assert.Equal(3 * 3 * BatchBytes, found.Bytes);
        Assert.Equal(ErrorCode.CorruptMessage, fixture.Read(7).Error);
        Assert.Equal(ErrorCode.None, fixture.Read(6, maxBytes: 1).Error);
        Assert.True(fixture.Stepped.Store.IsOnline);
        fixture.AppendFlushed("goes on");
    }

    [Fact]
    public void A_scrub_leaves_alone_what_a_start_would_still_recover()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 300 });
        for (int i = 0; i < 12; i++) fixture.AppendFlushed($"012345678{i % 10}");
        using var scrubber = new LogScrubber(fixture.Stepped.Cleaner, double.MaxValue, fixture.Stepped.Time);
        Assert.Equal(new ScrubResult(0, 0), fixture.Stepped.Wait(fixture.Log.ScrubAsync(scrubber)));
    }

    [Fact]
    public void A_scrub_ends_when_it_is_stopped()
    {
        LogFixture fixture = Closed();
        Open(fixture);
        using var scrubber = new LogScrubber(fixture.Stepped.Cleaner, double.MaxValue, fixture.Stepped.Time);
        ValueTask<ScrubResult> scrub = fixture.Log.ScrubAsync(scrubber);
        scrubber.Stop();
        Assert.Equal(new ScrubResult(0, 0), fixture.Stepped.Wait(scrub));
    }

    [Fact]
    public void D11_a_segment_that_may_not_be_opened_is_told_of_and_ends_nothing()
    {
        string path = Directory.CreateTempSubdirectory("gateway-test-").FullName;
        try
        {
            using DataDirectory directory = DataDirectory.Open(new OsFileSystem(), path, Guid.NewGuid);
            var work = new Simulation.Disk.SteppedExecutor();
            using LogStore store = new(directory, work);
            LogSettings settings = LogSettings.Default with { SegmentBytes = 300, Compact = true, MaxCompactionLagMs = 1 };
            PartitionLog log = store.Log(settings);
            for (int i = 0; i < 12; i++)
            {
                using Common.Buffers.RecordsLease batch = Batches.Of(1, $"012345678{i % 10}");
                _ = log.Append(batch);
                store.RunUntilIdle();
            }

            log = store.Reopen(settings);
            string segment = Directory.GetFiles(path, "*.log", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
            File.Delete(segment);
            Directory.CreateDirectory(segment);
            Assert.Equal(ErrorCode.KafkaStorageError, store.Wait(log.ReadAsync(0, 12, 1_000, atLeastOneBatch: true)).Error);
            Assert.Equal(ErrorCode.None, store.Wait(log.ReadAsync(3, 12, 1_000, atLeastOneBatch: true)).Error);
            using var scrubber = new LogScrubber(work, double.MaxValue, TimeProvider.System);
            Assert.Equal(1, store.Wait(log.ScrubAsync(scrubber)).DamagedSegments);
            Assert.ThrowsAny<IOException>(() => store.Wait(log.FindByTimestampAsync(0, 12)));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void A_scrub_finds_rot_in_files_of_the_operating_system()
    {
        string path = Directory.CreateTempSubdirectory("gateway-test-").FullName;
        try
        {
            using DataDirectory directory = DataDirectory.Open(new OsFileSystem(), path, Guid.NewGuid);
            var work = new Simulation.Disk.SteppedExecutor();
            using LogStore store = new(directory, work);
            PartitionLog log = store.Log(LogSettings.Default with { SegmentBytes = 300 });
            for (int i = 0; i < 12; i++)
            {
                using Common.Buffers.RecordsLease batch = Batches.Of(1, $"012345678{i % 10}");
                _ = log.Append(batch);
                store.RunUntilIdle();
            }

            log = store.Reopen(LogSettings.Default with { SegmentBytes = 300 });
            using var scrubber = new LogScrubber(work, double.MaxValue, TimeProvider.System);
            Assert.Equal(0, store.Wait(log.ScrubAsync(scrubber)).DamagedSegments);
            string segment = Directory.GetFiles(path, "*.log", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
            using (FileStream file = File.Open(segment, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                file.Position = 20;
                file.WriteByte(0x5A);
            }

            Assert.Equal(1, store.Wait(log.ScrubAsync(scrubber)).DamagedSegments);
            Assert.Equal(ErrorCode.CorruptMessage, store.Wait(log.ReadAsync(0, 12, 1_000, atLeastOneBatch: true)).Error);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>A store on real files whose threads are one queue.</summary>
    private sealed class LogStore : IDisposable
    {
        private readonly DataDirectory _directory;
        private readonly Simulation.Disk.SteppedExecutor _work;
        private Storage.LogStore _store;

        internal LogStore(DataDirectory directory, Simulation.Disk.SteppedExecutor work)
        {
            _directory = directory;
            _work = work;
            _store = Open();
        }

        internal PartitionLog Log(LogSettings settings) => _store.OpenLog(LogFixture.Id, settings, _work);

        internal PartitionLog Reopen(LogSettings settings)
        {
            Dispose();
            _store = Open();
            return Log(settings);
        }

        internal void RunUntilIdle()
        {
            while (_work.RunOne())
            {
            }
        }

        internal T Wait<T>(ValueTask<T> waiting)
        {
            Task<T> task = waiting.AsTask();
            while (!task.IsCompleted)
            {
                RunUntilIdle();
                _ = ((IAsyncResult)task).AsyncWaitHandle.WaitOne(1);
            }

            return task.GetAwaiter().GetResult();
        }

        public void Dispose() => _ = Wait(CloseAsync());

        private async ValueTask<bool> CloseAsync()
        {
            await _store.DisposeAsync();
            return true;
        }

        private Storage.LogStore Open() =>
            Storage.LogStore.Open(_directory, new LogStoreOptions { JournalFileBytes = 1 << 20 }, TimeProvider.System, _work, _work, _work, NullLogger.Instance);
    }
}
