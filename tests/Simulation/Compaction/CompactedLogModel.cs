using System.Globalization;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Execution;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Simulation.Disk;
using Gateway.Simulation.PowerCut;
using Gateway.Storage;

namespace Gateway.Simulation.Compaction;

/// <summary>What one compacted log was told, and what its readers must therefore find, whatever was cleaned and however the process ended.</summary>
internal sealed class CompactedLogModel(TopicIdPartition id, LogSettings settings, IExecutor owner, ManualTime time) : ICheckedLog
{
    // Everything that was ever handed over for an offset that is not durable: a crash may bring back any of it that follows on.
    private readonly Dictionary<long, List<KeyedBatch>> _offered = [];
    private readonly List<(long Limit, long AtMs)> _cleanings = [];
    private List<KeyedBatch> _batches = [];
    private long _readerAt;
    private bool _isReading;

    public PartitionLog? Log { get; private set; }

    internal LogSettings Settings { get; private set; } = settings;

    internal long Flushed { get; private set; }

    internal long Start { get; private set; }

    internal int RecordsChecked { get; private set; }

    internal int RecordsGone { get; private set; }

    internal int CleaningsDone { get; private set; }

    public Exception? Broken { get; private set; }

    /// <summary>Below it batches may have lost records; from it on they are as they were appended.</summary>
    private long CleanedTo => _cleanings.Count == 0 ? 0 : _cleanings.Max(static cleaning => cleaning.Limit);

    public void Open(SteppedStore stepped)
    {
        Log = stepped.Store.OpenLog(id, Settings, owner);
        Log.Flushed += OnFlushed;
        Require(Log.LogEndOffset >= Flushed, $"ends at {Log.LogEndOffset}, flushed up to {Flushed}");
        Require(Log.FlushedOffset == Log.LogEndOffset, $"opened with {Log.FlushedOffset} of {Log.LogEndOffset} flushed");
        Require(Log.LogStartOffset <= Math.Max(Start, Flushed), $"starts at {Log.LogStartOffset}, asked for {Start}");
        Start = Log.LogStartOffset;
        List<KeyedBatch> stored = ReadAll(stepped);
        TakeTail(stored);
        Check(stored);
        Flushed = Log.FlushedOffset;
        _offered.Clear();
        Broken = null;
        _readerAt = Start;
        _isReading = false;
    }

    internal void Append(RecordsLease lease)
    {
        using (lease)
        {
            AppendStatus status = AppendStatus.Offline;
            try
            {
                status = Log!.Append(lease).Status;
            }
            finally
            {
                // Also when the process ended in it: it may be there all the same.
                foreach (RecordBatchSpan batch in RecordBatches.Enumerate(lease.Span)) Offered(KeyedBatch.Of(batch.Bytes), status);
            }
        }
    }

    /// <summary>Cuts off some of what nobody was promised.</summary>
    internal void Truncate(Random random)
    {
        int first = _batches.FindIndex(batch => batch.Base >= Flushed);
        if (first < 0) return;
        int keep = random.Next(first, _batches.Count);
        Log!.TruncateTo(_batches[keep].Base);
        _batches.RemoveRange(keep, _batches.Count - keep);
    }

    internal void AdvanceStart(Random random)
    {
        if (Flushed <= Start) return;
        Start = random.NextInt64(Start, Flushed) + 1;
        Log!.AdvanceLogStart(Start);
    }

    // These go on when the store is stepped, or, after a power cut, never; so nobody waits for them.
    internal void Retain() => _ = RetainAsync();

    /// <summary>Starts a cleaning, to go on between everything else.</summary>
    internal void Clean(LogCleaner cleaner) => _ = CleanAsync(cleaner);

    /// <summary>A consumer that reads from the start, again and again: it never sees an offset twice, and never nothing where there is more.</summary>
    internal void ReadOn(Random random) => _ = ReadOnAsync(random);

    private async Task RetainAsync()
    {
        PartitionLog log = Log!;
        try
        {
            _ = await log.ApplyRetentionAsync(Flushed);
        }
        catch (PowerCutException)
        {
            return;
        }

        if (ReferenceEquals(log, Log)) Start = Math.Max(Start, log.LogStartOffset);
    }

    internal void Configure(LogSettings changed)
    {
        Settings = changed;
        Log!.Settings = changed;
    }

    private async Task CleanAsync(LogCleaner cleaner)
    {
        PartitionLog log = Log!;
        try
        {
            CleaningResult result = await log.CleanAsync(cleaner, new CleaningLimits(NoteCleaning, LastBatchesOfProducers));
            Require(result.Outcome != CleaningOutcome.Uncleanable, "a cleaning found damage where there is none");
            if (result.Outcome == CleaningOutcome.Done) CleaningsDone++;
        }
        catch (PowerCutException)
        {
            // It is part of what is cut short.
        }
        catch (Exception broken)
        {
            Broken ??= broken;
        }
    }

    private async Task ReadOnAsync(Random random)
    {
        if (_isReading || Log is not { IsOpen: true } log) return;
        if (_readerAt >= Flushed) _readerAt = Start;
        long at = Math.Max(_readerAt, log.LogStartOffset);
        if (at >= Flushed) return;
        _isReading = true;
        try
        {
            LogReadResult read = await log.ReadAsync(at, Flushed, random.Next(1, 2_000), atLeastOneBatch: true);
            if (!ReferenceEquals(log, Log)) return;
            _isReading = false;
            if (read.Error is ErrorCode.KafkaStorageError or ErrorCode.OffsetOutOfRange) return;
            Require(read.Error == ErrorCode.None, $"reading {at} gave {read.Error}");
            Require(read.Records is not null, $"nothing at {at}, although {Flushed} are flushed");
            using RecordsLease records = read.Records;
            foreach (RecordBatchSpan batch in RecordBatches.Enumerate(records.Span))
            {
                Require(batch.Header.LastOffset >= at, $"the reader at {at} was given the batch at {batch.Header.BaseOffset} again");
                CheckBatch(KeyedBatch.Of(batch.Bytes));
                at = batch.Header.LastOffset + 1;
            }

            Require(at == read.NextOffset, $"reading says it goes on at {read.NextOffset}, the batches end at {at}");
            _readerAt = at;
        }
        catch (PowerCutException)
        {
            _isReading = false;
        }
        catch (Exception broken)
        {
            Broken ??= broken;
        }
    }

    /// <summary>Reads everything and holds it against all that was appended. Runs the store until it is idle.</summary>
    public void CheckNow(SteppedStore stepped) => Check(ReadAll(stepped));

    private long NoteCleaning()
    {
        // Where only the page cache has it, it is not committed.
        _cleanings.Add((Flushed, time.NowMs));
        return Flushed;
    }

    private void Offered(KeyedBatch batch, AppendStatus status)
    {
        if (!_offered.TryGetValue(batch.Base, out List<KeyedBatch>? there)) _offered.Add(batch.Base, there = []);
        there.Add(batch);
        if (status == AppendStatus.Appended) _batches.Add(batch);
    }

    private HashSet<long> LastBatchesOfProducers() =>
    [
        .. _batches.Where(static batch => batch.Header.HasProducerId).GroupBy(static batch => batch.Header.ProducerId)
            .Select(static producer => producer.Last().Next - 1),
    ];

    private void OnFlushed(long endOffset)
    {
        Require(endOffset > Flushed && endOffset <= Log!.LogEndOffset, $"flushed {endOffset} after {Flushed}, end {Log!.LogEndOffset}");
        Flushed = endOffset;
    }

    private List<KeyedBatch> ReadAll(SteppedStore stepped)
    {
        PartitionLog log = Log!;
        var stored = new List<KeyedBatch>();
        for (long offset = log.LogStartOffset; offset < log.LogEndOffset;)
        {
            LogReadResult read = stepped.Wait(log.ReadAsync(offset, log.LogEndOffset, 1 << 20, atLeastOneBatch: true));
            Require(read is { Error: ErrorCode.None, Records: not null }, $"reading {offset} of {log.LogEndOffset} gave {read.Error}");
            using RecordsLease records = read.Records;
            foreach (RecordBatchSpan batch in RecordBatches.Enumerate(records.Span))
            {
                Require(RecordBatchBytes.HasValidCrc(batch.Bytes), $"the batch at {batch.Header.BaseOffset} has a wrong checksum");
                Require(batch.Header.LastOffset >= offset && (stored.Count == 0 || batch.Header.BaseOffset >= offset), $"batch {batch.Header.BaseOffset} where {offset} was due");
                stored.Add(KeyedBatch.Of(batch.Bytes));
                offset = batch.Header.LastOffset + 1;
            }
        }

        return stored;
    }

    /// <summary>Behind what was flushed a crash decides what there is, of what was offered; that is what was appended from now on.</summary>
    private void TakeTail(List<KeyedBatch> stored)
    {
        List<KeyedBatch> tail = stored.FindAll(batch => batch.Base >= Flushed);
        long next = Flushed;
        foreach (KeyedBatch batch in tail)
        {
            bool known = batch.Base == next && _offered.TryGetValue(batch.Base, out List<KeyedBatch>? offered)
                && offered.Exists(one => one.Bytes.AsSpan().SequenceEqual(batch.Bytes));
            Require(known, $"nobody appended the batch at {batch.Base}, behind {Flushed} that were flushed");
            next = batch.Next;
        }

        Require(next == Log!.LogEndOffset, $"ends at {Log.LogEndOffset}, the batches at {next}");
        _batches = [.. _batches.Where(batch => batch.Base < Flushed), .. tail];
    }

    private void Check(List<KeyedBatch> stored)
    {
        Require(Log!.LogEndOffset == 0 || stored.Count == 0 || stored[^1].Next == Log.LogEndOffset, "the last batch does not end where the log does");
        var there = new HashSet<long>();
        var last = new Dictionary<string, KeyedRecord>(StringComparer.Ordinal);
        foreach (KeyedBatch batch in stored)
        {
            CheckBatch(batch);
            foreach (KeyedRecord record in batch.Records.Where(record => record.Offset >= Log.LogStartOffset))
            {
                _ = there.Add(record.Offset);
                if (record.Key is not null) last[record.Key] = record;
            }
        }

        KeyedRecord[] expected =
            [.. _batches.SelectMany(static batch => batch.Records).Where(record => record.Offset >= Log.LogStartOffset && record.Offset < Log.LogEndOffset)];
        foreach (KeyedRecord record in expected)
        {
            RecordsChecked++;
            if (there.Contains(record.Offset)) continue;
            RecordsGone++;
            Require(MayBeGone(record, expected), $"{record} is gone");
        }

        // What a reader makes of all it reads is what one makes of all that was appended.
        foreach (IGrouping<string?, KeyedRecord> key in expected.Where(static record => record.Key is not null).GroupBy(static record => record.Key))
        {
            KeyedRecord wanted = key.Last();
            KeyedRecord? found = last.GetValueOrDefault(key.Key!);
            Require(found == wanted || (found is null && wanted.Value is null), $"{key.Key} reads as {found}, not as {wanted}");
        }

        foreach (long lastOffset in LastBatchesOfProducers().Where(offset => offset >= Log.LogStartOffset && offset < Log.LogEndOffset))
            Require(stored.Exists(batch => batch.Next - 1 == lastOffset), $"the last batch of a producer, up to {lastOffset}, is gone");
    }

    private void CheckBatch(KeyedBatch stored)
    {
        KeyedBatch? appended = _batches.Find(batch => batch.Base == stored.Base);
        Require(appended is not null, $"nobody appended a batch at {stored.Base}");
        bool mustBeSame = stored.Base >= CleanedTo;
        if (mustBeSame) Require(appended.Bytes.AsSpan().SequenceEqual(stored.Bytes), $"the batch at {stored.Base} changed, but only {CleanedTo} were cleaned");
        string? problem = appended.WhyNotPrunedTo(stored);
        Require(problem is null, $"the batch at {stored.Base}: {problem}");
    }

    private bool MayBeGone(KeyedRecord record, KeyedRecord[] all)
    {
        if (record.Offset >= CleanedTo) return false;
        if (record.Key is null) return true;
        if (Array.Exists(all, later => later.Key == record.Key && later.Offset > record.Offset && later.Offset < CleanedTo)) return true;
        // A tombstone: not before its time is over, counted from the first cleaning that may have met it.
        return record.Value is null
            && _cleanings.Where(cleaning => cleaning.Limit > record.Offset).Min(static cleaning => cleaning.AtMs) + Settings.DeleteRetentionMs <= time.NowMs;
    }

    private void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds, string message)
    {
        if (!holds) throw new PromiseBrokenException(string.Create(CultureInfo.InvariantCulture, $"Partition {id.Partition}: {message}"));
    }
}
