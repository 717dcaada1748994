using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Execution;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Simulation.Disk;
using Gateway.Simulation.PowerCut;
using Gateway.Storage;

namespace Gateway.Simulation.Compaction;

/// <summary>Tells one compacted log what to do, and holds what its readers find against all it was told, however the process ended.</summary>
internal sealed class CompactedLogModel(TopicIdPartition id, LogSettings settings, IExecutor owner, ManualTime time) : ICheckedLog
{
    private readonly CompactedContent _content = new(id.Partition);
    private long _readerAt;
    private bool _isReading;

    public PartitionLog? Log { get; private set; }

    internal LogSettings Settings { get; private set; } = settings;

    internal long Flushed { get; private set; }

    internal long Start { get; private set; }

    internal int RecordsChecked => _content.RecordsChecked;

    internal int RecordsGone => _content.RecordsGone;

    internal int CleaningsDone { get; private set; }

    public Exception? Broken { get; private set; }

    public void Open(SteppedStore stepped)
    {
        Log = stepped.Store.OpenLog(id, Settings, owner);
        Log.Flushed += OnFlushed;
        Require(Log.LogEndOffset >= Flushed, $"ends at {Log.LogEndOffset}, flushed up to {Flushed}");
        Require(Log.FlushedOffset == Log.LogEndOffset, $"opened with {Log.FlushedOffset} of {Log.LogEndOffset} flushed");
        Require(Log.LogStartOffset <= Math.Max(Start, Flushed), $"starts at {Log.LogStartOffset}, asked for {Start}");
        Start = Log.LogStartOffset;
        List<KeyedBatch> stored = ReadAll(stepped);
        _content.TakeTail(stored, Flushed, Log.LogEndOffset);
        Check(stored);
        Flushed = Log.FlushedOffset;
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
                foreach (RecordBatchSpan batch in RecordBatches.Enumerate(lease.Span)) _content.Offered(KeyedBatch.Of(batch.Bytes), status);
            }
        }
    }

    /// <summary>Cuts off some of what nobody was promised.</summary>
    internal void Truncate(Random random)
    {
        // A log that is offline takes no calls, so nothing was asked of it.
        if (Log!.IsOpen && _content.TruncateSomewhereBehind(Flushed, random) is { } end) Log.TruncateTo(end);
    }

    internal void AdvanceStart(Random random)
    {
        if (!Log!.IsOpen || Flushed <= Start) return;
        Start = random.NextInt64(Start, Flushed) + 1;
        Log.AdvanceLogStart(Start);
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
            CleaningResult result = await log.CleanAsync(cleaner, new CleaningLimits(NoteCleaning, _content.LastBatchesOfProducers));
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
                _content.CheckBatch(KeyedBatch.Of(batch.Bytes));
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
        _content.NoteCleaning(Flushed, time.NowMs);
        return Flushed;
    }

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

    private void Check(List<KeyedBatch> stored) =>
        _content.Check(stored, Log!.LogStartOffset, Log.LogEndOffset, Settings.DeleteRetentionMs, time.NowMs);

    private void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds, string message) => _content.Require(holds, message);
}
