using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.Simulation.Disk;

namespace Gateway.Storage.Tests.Compaction;

/// <summary>A log of keyed records on a simulated disk, and a cleaner whose thread is stepped like all others.</summary>
internal sealed class CompactedLog
{
    internal static readonly LogSettings Small = LogSettings.Default with
    {
        Compact = true,
        DeleteOldSegments = false,
        SegmentBytes = 400,
        IndexIntervalBytes = 100,
        DeleteRetentionMs = 60_000,
    };

    private static readonly Guid Secret = new("00010203-0405-0607-0809-0a0b0c0d0e0f");

    internal CompactedLog(LogSettings? settings = null) => Fixture = new LogFixture(settings ?? Small);

    internal LogFixture Fixture { get; }

    internal PartitionLog Log => Fixture.Log;

    internal SteppedStore Stepped => Fixture.Stepped;

    internal HashSet<long> BatchesToKeep { get; } = [];

    /// <summary>Offsets that are not committed, although they are durable.</summary>
    internal long Uncommitted { get; set; }

    internal long BufferBytes { get; set; } = 1 << 20;

    internal IEnumerable<string> Files => Stepped.Files.AllFiles().Where(path => path.StartsWith(Fixture.LogDirectory, StringComparison.Ordinal))
        .Select(path => Path.GetFileName(path));

    /// <summary>One batch of "key=value" or "key" for a tombstone; a leading "=" is a record without key.</summary>
    internal static RecordsLease Batch(RecordBatchOptions options, long timestampMs, params string[] records)
    {
        using var builder = new RecordBatchBuilder(options);
        foreach (string record in records)
        {
            string[] parts = record.Split('=');
            byte[]? key = parts[0].Length == 0 ? null : Encoding.UTF8.GetBytes(parts[0]);
            builder.Append(timestampMs, key, parts.Length == 1 ? null : Encoding.UTF8.GetBytes(parts[1]));
        }

        return builder.Build();
    }

    internal void Append(params string[] records) => Append(new RecordBatchOptions(), records);

    internal void Append(RecordBatchOptions options, params string[] records)
    {
        _ = Fixture.Append(Batch(options, Stepped.Time.NowMs, records));
        Stepped.RunUntilIdle();
    }

    /// <summary>Fills and rolls the active segment with a key nobody asks for.</summary>
    internal void Roll()
    {
        int segments = Log.SegmentCount;
        while (Log.SegmentCount == segments) Append("filler=" + new string('.', 150));
    }

    internal CleaningResult Clean()
    {
        using var cleaner = new LogCleaner(Stepped.Cleaner, new LogCleanerOptions { DedupeBufferBytes = BufferBytes }, Stepped.Time, Secret);
        return Stepped.Wait(Log.CleanAsync(cleaner, Limits));
    }

    internal CleaningLimits Limits => new(() => Log.FlushedOffset - Uncommitted, () => BatchesToKeep);

    internal LogCleaner NewCleaner() => new(Stepped.Cleaner, new LogCleanerOptions { DedupeBufferBytes = BufferBytes }, Stepped.Time, Secret);

    internal CleaningNeed Need() => Stepped.Wait(Log.FindCleaningNeedAsync(Log.FlushedOffset - Uncommitted));

    /// <summary>Everything readable as "offset:key=value", reading on from each batch's end, without the filler.</summary>
    internal List<string> ReadAll() => [.. Batches().SelectMany(static batch => batch.Records)];

    internal List<(RecordBatchHeader Header, string[] Records)> Batches()
    {
        var found = new List<(RecordBatchHeader, string[])>();
        for (long offset = Log.LogStartOffset; offset < Log.LogEndOffset;)
        {
            LogReadResult read = Fixture.Read(offset);
            Assert.Equal(Common.Errors.ErrorCode.None, read.Error);
            Assert.NotNull(read.Records);
            using RecordsLease lease = read.Records;
            foreach (RecordBatchSpan batch in RecordBatches.Enumerate(lease.Span))
            {
                Assert.True(RecordBatchBytes.HasValidCrc(batch.Bytes));
                Assert.True(batch.Header.LastOffset >= offset, $"went back to {batch.Header.BaseOffset} from {offset}");
                offset = batch.Header.LastOffset + 1;
                found.Add((batch.Header, [.. RecordReader.ReadAll(batch.Bytes.ToArray()).Select(Describe).Where(static text => !text.Contains("filler", StringComparison.Ordinal))]));
            }
        }

        return found;
    }

    private static string Describe(Gateway.Common.Records.Record record)
    {
        string key = record.Key is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : string.Empty;
        return record.Value is { } value ? $"{record.Offset}:{key}={Encoding.UTF8.GetString(value.Span)}" : $"{record.Offset}:{key}";
    }
}
