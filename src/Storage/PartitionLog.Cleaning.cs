using Gateway.Common.Errors;
using Gateway.Storage.Compaction;
using Gateway.Storage.Execution;
using Gateway.Storage.Files;
using Gateway.Storage.Logs;
using Gateway.Storage.Segments;

namespace Gateway.Storage;

/// <content>Compaction: which segments are cleaned, and in what order things happen. See docs/decisions/0007-compaction.md.</content>
public sealed partial class PartitionLog
{
    // So many descriptors a swap pins at most.
    private const int MaxSegmentsInGroup = 64;

    private volatile bool _cleaningMustStop;
    private bool _isCleaning;
    private int _cleaningRests = Restraint.UsualRests;
    private TaskCompletionSource? _awaitedFlush;

    // Nothing below it may be truncated any more: what lay there has been rewritten.
    private long _cleanedEnd;

    private bool _lacksRoomToClean;

    /// <summary>
    /// Removes records that later ones of their key have replaced. Appends and reads go on meanwhile; offsets and batches' boundaries stay.
    /// One cleaning of a log at a time.
    /// </summary>
    public async ValueTask<CleaningResult> CleanAsync(LogCleaner cleaner, CleaningLimits limits)
    {
        if (!MayClean || _isCleaning || cleaner.IsStopped) return new CleaningResult(CleaningOutcome.NothingToDo, 0, 0, 0, FirstDirtyOffset);
        _isCleaning = true;
        _cleaningMustStop = false;
        cleaner.Pace.Demand = _context.Demand;
        cleaner.Pace.Rests = _cleaningRests;
        long started = cleaner.StartClock();
        var figures = new CleaningFigures();
        CleaningOutcome outcome;
        try
        {
            outcome = await CleanAsync(cleaner, limits, figures);
        }
        catch (PaceStoppedException)
        {
            outcome = CleaningOutcome.Interrupted;
        }
        catch (UncleanableException damage)
        {
            outcome = GiveUpCleaning(damage.Message);
        }
        catch (DiskFullException full)
        {
            // Once: it is tried again every few seconds.
            if (!_lacksRoomToClean) StorageLog.CleaningDiskFull(_context.Logger, Id, full.Message);
            _lacksRoomToClean = true;
            outcome = CleaningOutcome.DiskFull;
        }
        catch (CleaningWriteException failure)
        {
            _context.Fail(failure.InnerException!);
            outcome = CleaningOutcome.Interrupted;
        }
        catch (IOException failure)
        {
            // Files of a deleted log go while they are read; anything else is a disk that cannot read them.
            outcome = _status == LogStatus.Open ? GiveUpCleaning(failure.Message) : CleaningOutcome.Interrupted;
        }
        finally
        {
            _isCleaning = false;
        }

        if (outcome == CleaningOutcome.Done) _lacksRoomToClean = false;
        var result = new CleaningResult(outcome, figures.BytesRead, figures.BytesBefore, figures.BytesAfter, FirstDirtyOffset)
        {
            VoidAborts = figures.VoidAborts,
        };
        CleanerMetrics.Ended(result, cleaner.Since(started));
        return result;
    }

    private async ValueTask<CleaningOutcome> CleanAsync(LogCleaner cleaner, CleaningLimits limits, CleaningFigures figures)
    {
        await LoadMarkAsync();
        await LoadDirtyAsync();
        long dirtyBefore = DirtyBytes();
        int generation = Generation;
        bool Continues() => MayClean && generation == Generation && !_cleaningMustStop && !cleaner.IsStopped;
        if (!Continues()) return CleaningOutcome.Interrupted;
        if (CleanableEnd(limits.CommittedOffset(), countActive: true) == _segments.Count) Roll();
        // What they name has to be committed before anything is removed: neither crash nor truncation may make an older batch the last one of
        // a producer.
        IReadOnlySet<long> batchesToKeep = limits.BatchesToKeep();
        long named = LogEndOffset;
        Task flushed = FlushedAsync();
        // Before the first gap can be there, and for good.
        _isGapless = false;
        long durable = await CheckpointForCleaningAsync();
        await flushed;
        long committed = limits.CommittedOffset();
        if (durable < 0 || !Continues() || (limits.HighWatermark?.Invoke() ?? committed) < named) return CleaningOutcome.Interrupted;

        int end = CleanableEnd(Math.Min(durable, committed), countActive: false);
        if (end == 0) return CleaningOutcome.NothingToDo;
        Segment[] cleanable = [.. _segments.GetRange(0, end)];
        OffsetMap map = cleaner.NewMap();
        var transactions = new TransactionFilter(limits.Transactions(), _context.NowMs, Settings.DeleteRetentionMs);
        var work = new GroupCleaning(map, transactions, cleaner.Pace, () => _cleaningMustStop);
        long firstDirty = FirstDirtyOffset;
        long mapEnd = firstDirty;
        foreach (Segment segment in cleanable)
        {
            if (segment.NextOffset <= mapEnd || !_segments.Contains(segment)) continue;
            long from = Math.Max(mapEnd, segment.BaseOffset);
            mapEnd = await AddKeysAsync(cleaner, work, segment, from);
            figures.Read(segment.Size);
            if (!Continues()) return CleaningOutcome.Interrupted;
            if (mapEnd < segment.NextOffset) break;
        }

        // From here on a truncation below would cut what is being rewritten.
        _cleanedEnd = Math.Max(_cleanedEnd, cleanable[^1].NextOffset);
        var filter = new CompactionFilter(map, mapEnd, _context.NowMs, Settings.DeleteRetentionMs);
        foreach (List<Segment> group in Group(cleanable, mapEnd))
        {
            if (!Continues() || !IsInPlace(group)) return CleaningOutcome.Interrupted;
            // Groups go in order: that a tombstone has its horizon means that nothing older of its key is left (LOG-4).
            if (!await CleanGroupAsync(cleaner, work, group, filter, mapEnd, batchesToKeep, figures, Continues)) return CleaningOutcome.Interrupted;
        }

        figures.VoidAborts = transactions.VoidAborts;
        await StoreMarkAsync(new CleanedMark(mapEnd, Math.Min(filter.NextHorizonMs, transactions.NextHorizonMs)));
        _cleaningRests = Restraint.NextRests(_cleaningRests, dirtyBefore, DirtyBytes());
        return CleaningOutcome.Done;
    }

    private async ValueTask<long> AddKeysAsync(LogCleaner cleaner, GroupCleaning work, Segment segment, long from)
    {
        CleanedSource source = CleanedSource.Lease(segment);
        try
        {
            return await LogContext.RunOn(cleaner.Executor, _owner, () => work.AddKeys(source, from));
        }
        finally
        {
            segment.File.Release();
        }
    }

    /// <summary>False when something came in between.</summary>
    private async ValueTask<bool> CleanGroupAsync(
        LogCleaner cleaner, GroupCleaning work, List<Segment> group, CompactionFilter filter, long mapEnd, IReadOnlySet<long> batchesToKeep,
        CleaningFigures figures, Func<bool> continues)
    {
        // An index that is loaded while the swap runs would be read from the new file and used on the old one.
        foreach (Segment segment in group) await LoadAsync(segment);
        if (!IsInPlace(group)) return false;
        // Leased until the new segment is in the list: until then reads need the old files, whose names go earlier.
        CleanedSource[] sources = [.. group.Select(CleanedSource.Lease)];
        try
        {
            long baseOffset = group[0].BaseOffset;
            GroupResult result = await LogContext.RunOn(
                cleaner.Executor, _owner, () => Rewrite(cleaner, work, sources, filter, baseOffset, mapEnd, batchesToKeep));
            figures.Read(result.BytesRead);
            if (result.Content is not { } content) return true;
            // A truncation meanwhile may have made one of them the active segment again, and what was appended since is not in the new one.
            if (!continues() || !IsInPlace(group) || !await SwapAsync(group, content))
            {
                _ = await LogContext.RunOn(cleaner.Executor, _owner, () => DeleteQuietly(SegmentSwap.CleanedPath(_directory, baseOffset)));
                return false;
            }

            figures.BytesBefore += group.Sum(static segment => (long)segment.Size);
            figures.BytesAfter += content.Size;
            return true;
        }
        finally
        {
            foreach (Segment segment in group) segment.File.Release();
        }
    }

    private GroupResult Rewrite(
        LogCleaner cleaner, GroupCleaning work, CleanedSource[] sources, CompactionFilter filter, long baseOffset, long mapEnd,
        IReadOnlySet<long> batchesToKeep)
    {
        string path = SegmentSwap.CleanedPath(_directory, baseOffset);
        try
        {
            using var writer = new CleanedSegmentWriter(
                _context.Files, path, baseOffset, sources.Length == 1 ? sources[0].File : null, Settings.IndexIntervalBytes, cleaner.Pace);
            return work.Rewrite(sources, writer, filter, mapEnd, batchesToKeep);
        }
        catch
        {
            // Here and not later: the next cleaning may write a file of this name.
            _ = DeleteQuietly(path);
            throw;
        }
    }

    /// <summary>Neighbours that fit into one segment together.</summary>
    private List<List<Segment>> Group(Segment[] cleanable, long mapEnd)
    {
        var groups = new List<List<Segment>>();
        long size = 0, indexed = 0;
        foreach (Segment segment in cleanable)
        {
            if (groups.Count > 0 && segment.BaseOffset >= mapEnd) break;
            bool fits = groups.Count > 0 && groups[^1].Count < MaxSegmentsInGroup
                && size + segment.Size <= Settings.SegmentBytes
                && indexed + IndexBytesOf(segment) <= Settings.SegmentIndexBytes
                && segment.NextOffset - 1 - groups[^1][0].BaseOffset <= int.MaxValue;
            if (!fits)
            {
                groups.Add([]);
                size = indexed = 0;
            }

            groups[^1].Add(segment);
            size += segment.Size;
            indexed += IndexBytesOf(segment);
        }

        return groups;
    }

    // By its size, so that nothing has to be loaded for it.
    private long IndexBytesOf(Segment segment) => ((long)segment.Size / Math.Max(1, Settings.IndexIntervalBytes) + 1) * SegmentIndex.EntrySize;

    /// <summary>Completes when all that was appended is flushed, or never will be.</summary>
    private Task FlushedAsync()
    {
        if (_held.Count == 0 && _durableSequence >= _lastSequence) return Task.CompletedTask;
        var flushed = new TaskCompletionSource();
        _awaitedFlush = flushed;
        WhenAllDurable(() => flushed.TrySetResult());
        return flushed.Task;
    }

    /// <summary>
    /// Makes all that is in the segments durable there, so that no journal frame of it will be replayed, and returns how far; -1 when it did not
    /// come to that. Also a barrier: no capture taken before writes index entries after it.
    /// </summary>
    private Task<long> CheckpointForCleaningAsync()
    {
        var done = new TaskCompletionSource<long>();
        CaptureCheckpoint(capture =>
        {
            if (capture is null)
            {
                done.SetResult(-1);
                return;
            }

            _context.Checkpoints.Enqueue(capture.Work, failure => _owner.Post(() =>
            {
                if (failure is DiskFullException)
                {
                    done.SetException(failure);
                    return;
                }

                if (failure is not null) _context.Fail(failure);
                else OnCheckpointWritten(capture);
                done.SetResult(failure is null ? capture.Work.Checkpoint.RecoveryPoint : -1);
            }));
        });
        return done.Task;
    }

    private CleaningOutcome GiveUpCleaning(string reason)
    {
        _isUncleanable = true;
        StorageLog.Uncleanable(_context.Logger, Id, reason);
        return CleaningOutcome.Uncleanable;
    }

    private bool DeleteQuietly(string path)
    {
        try
        {
            _context.Files.Delete(path);
            return true;
        }
        catch (IOException)
        {
            // The next opening deletes it.
            return false;
        }
    }
}
