using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Simulation.Disk;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests;

/// <summary>One log on a simulated disk, with the steps tests take over and over.</summary>
internal sealed class LogFixture
{
    internal static readonly TopicIdPartition Id = new(new Guid("11111111-2222-3333-4444-555555555555"), 0);

    internal static readonly LogStoreOptions SmallJournal = new() { JournalFileBytes = 16 << 10, JournalBlockBytes = 512, BypassBytes = 4 << 10, MaxJournalFiles = 6 };

    /// <param name="settings">The log's.</param>
    /// <param name="options">The store's.</param>
    /// <param name="chance">How much of a failed write is there all the same; without it, nothing is.</param>
    internal LogFixture(LogSettings? settings = null, LogStoreOptions? options = null, Random? chance = null)
    {
        Settings = settings ?? LogSettings.Default;
        Stepped = new SteppedStore(new SimulatedFileSystem { Chance = chance }, options ?? new LogStoreOptions { JournalFileBytes = 1 << 20 }, NullLogger.Instance);
        // The journal's other files are made beside what the store does.
        Stepped.RunUntilIdle();
        // The runner puts its own back when the test is over.
        SynchronizationContext.SetSynchronizationContext(Stepped.Context);
        Log = Stepped.OpenLog(Id, Settings);
    }

    internal SteppedStore Stepped { get; }

    internal LogSettings Settings { get; }

    internal PartitionLog Log { get; private set; }

    internal string LogDirectory => Path.GetDirectoryName(Stepped.Files.AllFiles().First(static path => path.EndsWith(".log", StringComparison.Ordinal)))!;

    internal AppendResult Append(params string[] values) => Append(Batches.Of(Stepped.Time.NowMs, values));

    internal AppendResult Append(RecordsLease lease)
    {
        using (lease)
        {
            AppendResult result = Log.Append(lease);
            Assert.Equal(AppendStatus.Appended, result.Status);
            return result;
        }
    }

    internal AppendResult AppendFlushed(params string[] values)
    {
        AppendResult result = Append(values);
        Stepped.RunUntilIdle();
        Assert.Equal(result.EndOffset, Log.FlushedOffset);
        return result;
    }

    internal void Restart()
    {
        Stepped.Restart();
        Log = Stepped.OpenLog(Id, Settings);
    }

    internal void Kill()
    {
        Stepped.Kill();
        Log = Stepped.OpenLog(Id, Settings);
    }

    internal void Crash(int seed = 1)
    {
        Stepped.Crash(new Random(seed));
        Log = Stepped.OpenLog(Id, Settings);
    }

    internal RetentionResult Retain() => Stepped.Wait(Log.ApplyRetentionAsync(Log.FlushedOffset));

    internal void Reopen() => Log = Stepped.OpenLog(Id, Settings);

    internal LogReadResult Read(long offset, long? limit = null, int maxBytes = 1 << 20, bool atLeastOne = true) =>
        Stepped.Wait(Log.ReadAsync(offset, limit ?? Log.LogEndOffset, maxBytes, atLeastOne));

    /// <summary>All values from the log start, with a check that offsets have no gap.</summary>
    internal List<string> ReadAll()
    {
        var values = new List<string>();
        long offset = Log.LogStartOffset;
        while (offset < Log.LogEndOffset)
        {
            LogReadResult read = Read(offset);
            Assert.Equal(ErrorCode.None, read.Error);
            using RecordsLease records = read.Records!;
            foreach ((long found, string value) in Batches.Decode(records))
            {
                if (found < offset) continue;
                Assert.Equal(offset, found);
                values.Add(value);
                offset++;
            }
        }

        return values;
    }
}
