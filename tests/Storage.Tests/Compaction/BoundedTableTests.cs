using System.Globalization;
using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Simulation.Disk;
using Gateway.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests.Compaction;

/// <summary>
/// The topics the broker and the registry keep their tables in, updated without end, on real files: what lies on the disk is bounded by the table
/// and the settings, not by the number of updates. <c>GATEWAY_TABLE_UPDATES=1000000</c> runs more than CI does.
/// </summary>
public class BoundedTableTests
{
    private const int Keys = 1_000;
    private const int UpdatesPerBatch = 25;

    // _schemas as it is made, with Kafka's default of 1 GiB; __consumer_offsets, whose records are small, with segments that CI fills often enough to
    // be cleaned (100 MiB are the default).
    public static TheoryData<string, int, int> Tables => new() { { "__consumer_offsets", 1 << 20, 120 }, { "_schemas", 1 << 30, 1_000 } };

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_table_of_a_thousand_keys_stays_small_under_any_number_of_updates(string table, int segmentBytes, int valueBytes)
    {
        int updates = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_TABLE_UPDATES") ?? "50000", CultureInfo.InvariantCulture);
        var settings = new LogSettings { Compact = true, DeleteOldSegments = false, SegmentBytes = segmentBytes, RetentionMs = -1 };
        string path = Directory.CreateTempSubdirectory("gateway-test-").FullName;
        try
        {
            using DataDirectory directory = DataDirectory.Open(new OsFileSystem(), path, Guid.NewGuid);
            var work = new SteppedExecutor();
            LogStore store = LogStore.Open(directory, new LogStoreOptions(), TimeProvider.System, work, work, work, NullLogger.Instance);
            PartitionLog log = store.OpenLog(new TopicIdPartition(Guid.NewGuid(), 0), settings, work);
            using var cleaner = new LogCleaner(work, new LogCleanerOptions(), TimeProvider.System, Guid.NewGuid());
            long largest = 0;
            int cleanings = 0;
            for (int update = 0; update < updates; update += UpdatesPerBatch)
            {
                using RecordsLease batch = Updates(update, valueBytes);
                Assert.Equal(AppendStatus.Appended, log.Append(batch).Status);
                RunUntilIdle(work);
                largest = Math.Max(largest, log.SizeInBytes);
                if (update % 1_000 != 0 || !Wait(work, log.FindCleaningNeedAsync(log.FlushedOffset)).IsDue) continue;
                CleaningResult cleaned = Wait(work, log.CleanAsync(cleaner, new CleaningLimits(() => log.FlushedOffset, static () => new HashSet<long>())));
                Assert.Equal(CleaningOutcome.Done, cleaned.Outcome);
                cleanings++;
            }

            RunUntilIdle(work);
            long written = (long)updates * valueBytes;
            long onDisk = Directory.GetFiles(path, "*.log", SearchOption.AllDirectories).Sum(static file => new FileInfo(file).Length);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{table}: {updates} updates, {written >> 20} MiB written, {cleanings} cleanings, at most {largest >> 20} MiB, {onDisk >> 10} KiB at the end"));
            // One table, what is rolled to be cleaned, and what one batch adds.
            long bound = Math.Min(settings.CompactionRollBytes, segmentBytes) + (2L * Keys * (valueBytes + 200)) + (1 << 20);
            Assert.True(largest <= bound, $"{largest} bytes, at most {bound} should be needed");
            Assert.True(onDisk <= bound, $"{onDisk} bytes on the disk, at most {bound} should be needed");
            Assert.True(written > 2 * bound, $"{written} bytes are too few to tell");
            Assert.True(cleanings > 0, "nothing was cleaned");
            Assert.Equal(Enumerable.Range(updates - Keys, Keys), LastValues(work, log).Order());
            Wait(work, CloseAsync(store));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static RecordsLease Updates(int first, int valueBytes)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        byte[] value = new byte[valueBytes];
        for (int i = 0; i < UpdatesPerBatch; i++)
        {
            BitConverter.TryWriteBytes(value, first + i);
            builder.Append(first, System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"key {(first + i) % Keys}")), value);
        }

        return builder.Build();
    }

    private static IEnumerable<int> LastValues(SteppedExecutor work, PartitionLog log)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        for (long offset = log.LogStartOffset; offset < log.LogEndOffset;)
        {
            LogReadResult read = Wait(work, log.ReadAsync(offset, log.LogEndOffset, 1 << 20, atLeastOneBatch: true));
            using RecordsLease records = read.Records!;
            foreach (Common.Records.Record record in RecordReader.ReadAll(records.Memory))
                last[System.Text.Encoding.UTF8.GetString(record.Key!.Value.Span)] = BitConverter.ToInt32(record.Value!.Value.Span);
            Assert.True(read.NextOffset > offset);
            offset = read.NextOffset;
        }

        return last.Values;
    }

    private static async ValueTask<bool> CloseAsync(LogStore store)
    {
        await store.DisposeAsync();
        return true;
    }

    private static T Wait<T>(SteppedExecutor work, ValueTask<T> waiting)
    {
        Task<T> task = waiting.AsTask();
        while (!task.IsCompleted)
        {
            RunUntilIdle(work);
            _ = ((IAsyncResult)task).AsyncWaitHandle.WaitOne(1);
        }

        return task.GetAwaiter().GetResult();
    }

    private static void RunUntilIdle(SteppedExecutor work)
    {
        while (work.RunOne())
        {
        }
    }
}
