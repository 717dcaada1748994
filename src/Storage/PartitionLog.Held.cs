using System.Buffers;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Segments;

namespace Gateway.Storage;

/// <content>
/// Runs that are written once: their segment is synced off the owner, then a small frame says so. Until it does, what else the log has for the
/// journal waits here. So frames come into the journal in the order of what they tell, and replay knows nothing of all this.
/// </content>
public sealed partial class PartitionLog
{
    private readonly Queue<Held> _held = new();

    // The last one in the queue, while it still grows.
    private HeldRun? _openRun;

    /// <summary>
    /// Starts to make durable what <see cref="LogSettings.WriteCaching"/> has left for later; <see cref="Flushed"/> tells when it is. How often
    /// this is called bounds what a power cut may take.
    /// </summary>
    public void Flush()
    {
        if (_openRun is null) return;
        _openRun.IsDue = true;
        ReleaseHeld();
    }

    private bool MustHold(int length) => _held.Count > 0 || Settings.WriteCaching || _context.Journal.WouldBeLarge(this, length);

    /// <summary>Takes a run that was written and accepted, and that the journal has not heard of.</summary>
    private void Hold(long baseOffset, int position, int length)
    {
        if (_openRun is null)
        {
            // Held for its size: what is appended next will join it, so the journal is not asked again.
            bool isLarge = _held.Count == 0 && !Settings.WriteCaching;
            _openRun = new HeldRun(Active, position, baseOffset, LeaderEpoch, Generation) { MustSync = isLarge };
            _held.Enqueue(new Held(_openRun, default, null));
        }

        _openRun.Grow(Active, length, LogEndOffset);
        _context.Journal.CountHeld(length);
        if (!Settings.WriteCaching || _openRun.Length >= _context.Options.CachedFlushBytes || _context.Journal.IsHalfFull) Flush();
    }

    private void HoldFrame(in FrameRequest request, Action? whenDurable)
    {
        _held.Enqueue(new Held(null, request, whenDurable));
        CloseOpenRun();
        ReleaseHeld();
    }

    private void CloseOpenRun()
    {
        if (_openRun is not null) _openRun.IsDue = true;
        _openRun = null;
    }

    /// <summary>Gives the journal what waits for nothing any more, in order.</summary>
    private void ReleaseHeld()
    {
        while (_held.TryPeek(out Held next))
        {
            if (next.Run is null)
            {
                _ = _held.Dequeue();
                if (next.Frame.Log is not null) AddFrame(next.Frame, next.WhenDurable);
                else RunWhenDurable(next.WhenDurable!);
            }
            else if (!TryRelease(next.Run))
            {
                return;
            }
        }
    }

    private bool TryRelease(HeldRun run)
    {
        if (!run.IsDue || run.IsSyncing) return false;
        if (ReferenceEquals(run, _openRun)) _openRun = null;
        if (!run.IsSynced && !TryJournal(run))
        {
            if (!StartSync(run)) return false;
        }

        if (run.IsSynced)
        {
            AddFrame(new FrameRequest(this, FrameKind.SegmentsSynced, run.EndOffset, run.Epoch, run.EndOffset, run.Generation), null);
            _durableInSegments = Math.Max(_durableInSegments, run.EndOffset);
        }

        _ = _held.Dequeue();
        _context.Journal.CountHeld(-run.Length);
        return true;
    }

    /// <summary>
    /// A run that stayed small while it waited goes through the journal after all, or a log that was busy once would be synced on its own as long
    /// as anybody writes to it. False when it has to be synced.
    /// </summary>
    private bool TryJournal(HeldRun run)
    {
        if (run.MustSync || run.Segment is not { } segment || run.Length >= _context.Options.BypassBytes || !_context.Journal.HasSpace(run.Length)) return false;
        byte[] rented = ArrayPool<byte>.Shared.Rent(run.Length);
        Span<byte> bytes = rented.AsSpan(0, run.Length);
        IFile file = segment.File.Acquire();
        try
        {
            // It was written a moment ago. Should it have left the page cache since, that is no reason to wait for the device here.
            if (file.TryReadResident(run.Position, bytes) < bytes.Length) return false;
            var request = new FrameRequest(this, FrameKind.Append, run.BaseOffset, run.Epoch, run.EndOffset, run.Generation);
            long sequence = _context.Journal.Add(request, bytes);
            _lastSequence = Math.Max(_lastSequence, sequence);
            return sequence != 0;
        }
        finally
        {
            segment.File.Release();
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>True when there is nothing to sync.</summary>
    private bool StartSync(HeldRun run)
    {
        var dirty = new List<(Segment, long)>();
        foreach (Segment segment in _segments)
        {
            if (segment.IsDirty) dirty.Add((segment, segment.Version));
        }

        run.IsSynced = dirty.Count == 0 && _namesVersion == _namesSyncedVersion;
        if (run.IsSynced) return true;
        run.IsSyncing = true;
        var sync = new RunSync(run, ReserveUnsynced(), dirty, _namesVersion);
        _context.Syncs.Post(() => Sync(sync));
        return false;
    }

    /// <summary>Off the owner.</summary>
    private void Sync(RunSync sync)
    {
        try
        {
            sync.Sync.Run(_context.Files);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            _context.Fail(failure);
            return;
        }
        finally
        {
            sync.Sync.Release();
        }

        _owner.Post(() => OnSynced(sync));
    }

    private void OnSynced(RunSync sync)
    {
        if (_status is not (LogStatus.Open or LogStatus.Closing)) return;
        foreach ((Segment segment, long version) in sync.Segments) segment.SyncedVersion = Math.Max(segment.SyncedVersion, version);
        _namesSyncedVersion = Math.Max(_namesSyncedVersion, sync.NamesVersion);
        sync.Run.IsSyncing = false;
        sync.Run.IsSynced = true;
        ReleaseHeld();
    }

    /// <summary>Runs <paramref name="run"/> on the owner once all that was appended or told the journal until now is durable.</summary>
    private void WhenAllDurable(Action run)
    {
        if (_held.Count > 0) HoldFrame(default, run);
        else RunWhenDurable(run);
    }

    private void RunWhenDurable(Action run)
    {
        if (_durableSequence >= _lastSequence) run();
        else _onDurable.Enqueue((_lastSequence, run));
    }

    private void ForgetHeld()
    {
        foreach (Held held in _held) _context.Journal.CountHeld(-held.Run?.Length ?? 0);
        _held.Clear();
        _openRun = null;
    }

    /// <summary>A run, a frame, or only something to do when all before it is durable.</summary>
    private readonly record struct Held(HeldRun? Run, FrameRequest Frame, Action? WhenDurable);

    /// <summary>Appends that follow each other in one epoch.</summary>
    private sealed class HeldRun(Segment segment, int position, long baseOffset, int epoch, int generation)
    {
        /// <summary>The segment that holds all of it; null when several do.</summary>
        internal Segment? Segment { get; private set; } = segment;

        internal int Position { get; } = position;

        internal long BaseOffset { get; } = baseOffset;

        internal int Epoch { get; } = epoch;

        internal int Generation { get; } = generation;

        internal int Length { get; private set; }

        internal long EndOffset { get; private set; }

        /// <summary>The journal shall not have it, however short it is.</summary>
        internal bool MustSync { get; init; }

        /// <summary>Somebody waits for it to be durable.</summary>
        internal bool IsDue { get; set; }

        internal bool IsSyncing { get; set; }

        internal bool IsSynced { get; set; }

        internal void Grow(Segment active, int length, long endOffset)
        {
            if (!ReferenceEquals(Segment, active)) Segment = null;
            Length += length;
            EndOffset = endOffset;
        }
    }

    /// <summary>What one sync makes durable.</summary>
    private sealed record RunSync(HeldRun Run, SegmentSync Sync, IReadOnlyList<(Segment Segment, long Version)> Segments, long NamesVersion);
}
