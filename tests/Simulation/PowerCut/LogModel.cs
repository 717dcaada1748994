using System.Globalization;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Simulation.Disk;
using Gateway.Storage;

namespace Gateway.Simulation.PowerCut;

/// <summary>What one log was told, and what it may therefore hold after a power cut.</summary>
internal sealed class LogModel(TopicIdPartition id, LogSettings settings, Common.Execution.IExecutor owner) : ICheckedLog
{
    // The contents the log may come back with: before the first truncation that is not known to be durable, after it, after the next.
    private List<ModelVersion> _versions = [new ModelVersion([], 0)];

    private long _startBefore;

    internal TopicIdPartition Id { get; } = id;

    public PartitionLog? Log { get; private set; }

    public Exception? Broken { get; private set; }

    /// <summary>A file of the store rotted: reads may say so, and then what comes before that must still be right.</summary>
    internal bool MayBeRotten { get; set; }

    internal long Flushed { get; private set; }

    internal long Start { get; private set; }

    internal int RecordsChecked { get; private set; }

    private ModelVersion Current => _versions[^1];

    public void Open(SteppedStore stepped)
    {
        Broken = null;
        Log = stepped.Store.OpenLog(Id, settings, owner);
        Log.Flushed += OnFlushed;
        CheckRecovered(stepped);
        _versions = [new ModelVersion([.. Current.Batches], Log.LogEndOffset)];
        Flushed = Log.FlushedOffset;
        Start = _startBefore = Log.LogStartOffset;
    }

    /// <summary>Reads everything: it must be what was appended, and nothing else.</summary>
    public void CheckNow(SteppedStore stepped)
    {
        PartitionLog log = Log!;
        log.Flush();
        stepped.RunUntilIdle();
        Require(log.FlushedOffset == log.LogEndOffset, $"with nothing left to do, {log.FlushedOffset} of {log.LogEndOffset} are flushed");
        List<ModelBatch> stored = ReadAll(stepped);
        ModelVersion exactly = Current with { Promised = log.LogEndOffset };
        Require(exactly.Explains(stored, log.LogStartOffset, log.LogEndOffset), $"holds {Describe(stored)}; it was given {Describe(Current.Batches)}");
    }

    internal void Append(RecordsLease lease)
    {
        using (lease)
        {
            long expected = Log!.LogEndOffset;
            AppendResult result;
            try
            {
                result = Log.Append(lease);
            }
            catch (PowerCutException)
            {
                NoteRefusal(lease);
                throw;
            }

            if (result.Status != AppendStatus.Appended)
            {
                NoteRefusal(lease);
                return;
            }

            Require(result.BaseOffset == expected, $"appended at {result.BaseOffset}, the log ended at {expected}");
            Current.Batches.AddRange(BatchesOf(lease));
        }
    }

    internal void Truncate(Random random)
    {
        // A log that is offline takes no calls, so nothing was asked of it.
        if (!Log!.IsOpen) return;
        List<ModelBatch> batches = Current.Batches;
        int first = batches.FindIndex(batch => batch.Base >= Start);
        if (first < 0) return;
        // Mostly what nobody was promised; now and then, as a follower does, more.
        int keep = random.Next(4) == 0 ? random.Next(first, batches.Count) : batches.FindIndex(batch => batch.Base >= Flushed);
        if (keep < 0) return;
        long end = batches[keep].Base;
        Log.TruncateTo(end);
        Flushed = Math.Min(Flushed, end);
        _versions.Add(new ModelVersion(batches.GetRange(0, keep), Flushed));
    }

    internal void SetWriteCaching(bool isOn)
    {
        Log!.Settings = Log.Settings with { WriteCaching = isOn };
        if (!isOn) Log.Flush();
    }

    internal void AdvanceStart(Random random)
    {
        if (!Log!.IsOpen || Flushed <= Start) return;
        Start = random.NextInt64(Start, Flushed) + 1;
        Log.AdvanceLogStart(Start);
    }

    /// <summary>Deletes the log and opens a new one in its place. Until something of the new one is durable, a crash may bring the old one back.</summary>
    internal void Replace(SteppedStore stepped)
    {
        stepped.Store.DeleteLog(Id);
        _startBefore = Math.Max(_startBefore, Start);
        Flushed = Start = 0;
        _versions.Add(new ModelVersion([], 0));
        try
        {
            Log = OpenNew(stepped);
            Log.Flushed += OnFlushed;
            Require(Log.LogEndOffset == 0, $"a new log ends at {Log.LogEndOffset}");
        }
        catch (StoreOfflineException)
        {
            // A disk that fails, or is full, may be the end of this process, and no more than that.
        }
    }

    /// <summary>A journal without room refuses new logs. It has some again when all that waits is done.</summary>
    private PartitionLog OpenNew(SteppedStore stepped)
    {
        try
        {
            return stepped.Store.OpenLog(Id, settings, owner);
        }
        catch (IOException)
        {
            stepped.RunUntilIdle();
            return stepped.Store.OpenLog(Id, settings, owner);
        }
    }

    // These go on when the store is stepped, or, after a power cut, never; so nobody waits for them.

    /// <summary>Starts a retention run; what it removes is known once it has.</summary>
    internal void Retain() => _ = WatchAsync(RetainAsync());

    /// <summary>A consumer reads somewhere below the flushed mark.</summary>
    internal void Read(Random random)
    {
        if (Flushed <= Start) return;
        long offset = random.NextInt64(Start, Flushed);
        _ = WatchAsync(ReadAsync(offset, Flushed, random.Next(1, 4000)));
    }

    /// <summary>Refused is not undone: a crash may bring back bytes that were written before the refusal, as if the answer had been lost.</summary>
    private void NoteRefusal(RecordsLease lease) =>
        _versions.Insert(_versions.Count - 1, Current with { Batches = [.. Current.Batches, .. BatchesOf(lease)], IsRefusal = true });

    private void OnFlushed(long endOffset)
    {
        Require(endOffset > Flushed && endOffset <= Log!.LogEndOffset, $"flushed {endOffset} after {Flushed}, end {Log!.LogEndOffset}");
        Flushed = endOffset;
        // The journal is one sequence: a record behind a truncation is durable only after the truncation is.
        ModelVersion current = Current with { Promised = endOffset };
        _versions = [.. _versions.Where(version => version.IsRefusedBehind(current, endOffset)), current];
    }

    private async Task WatchAsync(Task work)
    {
        try
        {
            await work;
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

    private async Task RetainAsync()
    {
        PartitionLog log = Log!;
        _ = await log.ApplyRetentionAsync(Flushed);
        if (ReferenceEquals(log, Log)) Start = Math.Max(Start, log.LogStartOffset);
    }

    private async Task ReadAsync(long offset, long limit, int maxBytes)
    {
        PartitionLog log = Log!;
        LogReadResult read = await log.ReadAsync(offset, limit, maxBytes, atLeastOneBatch: true);
        if (!ReferenceEquals(log, Log) || read.Error is ErrorCode.KafkaStorageError or ErrorCode.OffsetOutOfRange) return;
        if (MayBeRotten && read.Error == ErrorCode.CorruptMessage) throw new RotNoticedException($"Partition {Id.Partition} cannot be read at {offset}");
        Require(read.Error == ErrorCode.None, $"reading {offset} gave {read.Error}");
        // A truncation meanwhile may have taken what was asked for.
        if (read.Records is null) return;
        using RecordsLease records = read.Records;
        Compare(records, offset);
    }

    private void Compare(RecordsLease records, long offset)
    {
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(records.Span))
        {
            long baseOffset = batch.Header.BaseOffset;
            ModelBatch? expected = Current.Batches.Find(known => known.Base == baseOffset);
            Require(expected is not null, $"read a batch at {baseOffset} that nobody appended");
            Require(batch.Bytes.SequenceEqual(expected.Bytes), $"the batch at {baseOffset} came back changed");
            Require(batch.Header.LastOffset >= offset, $"read the batch at {baseOffset} for offset {offset}");
            offset = batch.Header.LastOffset + 1;
            RecordsChecked += batch.Header.RecordsCount;
        }
    }

    private void CheckRecovered(SteppedStore stepped)
    {
        PartitionLog log = Log!;
        Require(log.FlushedOffset == log.LogEndOffset, $"opened with {log.FlushedOffset} of {log.LogEndOffset} flushed");
        Require(log.LogStartOffset <= Math.Max(Math.Max(Start, _startBefore), _versions.Min(static version => version.End)), $"log start {log.LogStartOffset}, asked for {Start}");
        List<ModelBatch> stored = ReadAll(stepped);
        ModelVersion? match = _versions.FindLast(version => version.Explains(stored, log.LogStartOffset, log.LogEndOffset));
        Require(
            match is not null,
            $"holds {log.LogStartOffset}..{log.LogEndOffset} as {Describe(stored)}; it could be {string.Join(" or ", _versions.Select(static version => $"{Describe(version.Batches)}, promised up to {version.Promised}"))}");
        Require(!stepped.Store.WasClosedCleanly || Flushed == 0 || log.LogEndOffset == Current.End, $"lost {log.LogEndOffset}..{Current.End} without a crash");
        _versions = [match with { IsRefusal = false, Batches = [.. match.Batches.Where(batch => batch.Next <= log.LogEndOffset)] }];
    }

    private List<ModelBatch> ReadAll(SteppedStore stepped)
    {
        PartitionLog log = Log!;
        var stored = new List<ModelBatch>();
        for (long offset = log.LogStartOffset; offset < log.LogEndOffset;)
        {
            LogReadResult read = stepped.Wait(log.ReadAsync(offset, log.LogEndOffset, 1 << 20, atLeastOneBatch: true));
            if (MayBeRotten && read.Error == ErrorCode.CorruptMessage)
            {
                foreach (ModelBatch batch in stored) Require(_versions.Exists(version => version.Batches.Contains(batch)), $"nobody appended the batch at {batch.Base}");
                throw new RotNoticedException($"Partition {Id.Partition} cannot be read at {offset}");
            }

            Require(read is { Error: ErrorCode.None, Records: not null }, $"reading {offset} of {log.LogEndOffset} gave {read.Error}");
            using RecordsLease records = read.Records;
            foreach (RecordBatchSpan batch in RecordBatches.Enumerate(records.Span))
            {
                bool follows = stored.Count == 0 ? batch.Header.BaseOffset <= offset && batch.Header.LastOffset >= offset : batch.Header.BaseOffset == offset;
                Require(follows, $"a gap: batch {batch.Header.BaseOffset} where {offset} was due");
                Require(RecordBatchBytes.HasValidCrc(batch.Bytes), $"the batch at {offset} has a wrong checksum");
                int epoch = log.EpochAt(batch.Header.BaseOffset);
                Require(Math.Max(epoch, 0) == batch.Header.PartitionLeaderEpoch || batch.Header.BaseOffset < log.LogStartOffset, $"batch {offset}: epoch {batch.Header.PartitionLeaderEpoch}, epoch file {epoch}");
                stored.Add(new ModelBatch(batch.Header.BaseOffset, batch.Header.LastOffset + 1, batch.Bytes.ToArray()));
                offset = batch.Header.LastOffset + 1;
                RecordsChecked += batch.Header.RecordsCount;
            }
        }

        return stored;
    }

    private void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds, string message)
    {
        if (!holds) throw new PromiseBrokenException(string.Create(CultureInfo.InvariantCulture, $"Partition {Id.Partition}: {message}"));
    }

    private static List<ModelBatch> BatchesOf(RecordsLease lease)
    {
        var batches = new List<ModelBatch>();
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(lease.Span))
            batches.Add(new ModelBatch(batch.Header.BaseOffset, batch.Header.LastOffset + 1, batch.Bytes.ToArray()));
        return batches;
    }

    private static string Describe(List<ModelBatch> batches) =>
        string.Join(' ', batches.TakeLast(12).Select(static batch => $"{batch.Base}:{Convert.ToHexString(batch.Bytes.AsSpan(17, 4))}"));
}

/// <summary>Bytes rotted, and the log says so instead of giving them out.</summary>
internal sealed class RotNoticedException(string message) : Exception(message);
