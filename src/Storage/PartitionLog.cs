using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Execution;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Logs;
using Gateway.Storage.Segments;

namespace Gateway.Storage;

/// <summary>One partition's records on disk: segments of batches, byte-identical to the wire but for base offset and leader epoch (design D4).</summary>
/// <remarks>
/// Every member runs on the owner the log was opened with; events are raised there too. Invariants: log start ≤ flushed ≤ log end;
/// segments follow each other without a gap and the last one takes the appends.
/// </remarks>
public sealed partial class PartitionLog
{
    private readonly LogContext _context;
    private readonly IExecutor _owner;
    private readonly string _directory;
    private readonly List<Segment> _segments;
    private readonly LeaderEpochs _epochs;
    private readonly Queue<(long Sequence, Action Run)> _onDurable = new();
    private long _lastSequence;
    private long _durableSequence;
    private long _bytesBeforeActive;
    private LogStatus _status;
    private bool _isGapless;

    internal PartitionLog(LogContext context, LogKey key, LogSettings settings, IExecutor owner, FlushInbox inbox, LogContent content)
    {
        _context = context;
        _owner = owner;
        _directory = content.Directory;
        _segments = content.Segments;
        _epochs = content.Epochs;
        Key = key;
        Settings = settings;
        Inbox = inbox;
        LogStartOffset = content.LogStartOffset;
        LogEndOffset = FlushedOffset = _durableInSegments = Active.NextOffset;
        _lastSequence = _durableSequence = content.AppliedSequence;
        _isGapless = content.IsGapless;
        if (content.HasNewNames) _namesVersion++;
        CountBytes();
    }

    /// <summary>Raised on the owner when <see cref="FlushedOffset"/> has moved up; the argument is its new value.</summary>
    public event Action<long>? Flushed;

    /// <summary>Raised on the owner, once, when the data directory went offline.</summary>
    public event Action<Exception>? Failed;

    /// <summary>The partition.</summary>
    public TopicIdPartition Id => Key.Id;

    /// <summary>The first offset that can be read.</summary>
    public long LogStartOffset { get; private set; }

    /// <summary>One behind the last record appended.</summary>
    public long LogEndOffset { get; private set; }

    /// <summary>One behind the last record that is durable.</summary>
    public long FlushedOffset { get; private set; }

    /// <summary>The epoch appends are stamped with; 0 for a new log.</summary>
    public int LeaderEpoch => _epochs.Latest;

    /// <summary>Bytes of all segments.</summary>
    public long SizeInBytes => _bytesBeforeActive + Active.Size;

    /// <summary>The topic settings it goes by.</summary>
    public LogSettings Settings { get; set; }

    /// <summary>False once closed, deleted or offline.</summary>
    public bool IsOpen => _status == LogStatus.Open;

    internal LogKey Key { get; }

    internal FlushInbox Inbox { get; }

    internal IExecutor Owner => _owner;

    internal JournalState Journaled { get; } = new();

    internal int Generation { get; private set; }

    internal int SegmentCount => _segments.Count;

    private Segment Active => _segments[^1];

    /// <summary>
    /// Appends whole, validated batches: patches each one's base offset and leader epoch in place and copies the bytes. The caller
    /// keeps the lease. A flush starts on its own, unless <see cref="LogSettings.WriteCaching"/> leaves it to <see cref="Flush"/>.
    /// </summary>
    public AppendResult Append(RecordsLease batches)
    {
        if (_status != LogStatus.Open) return AppendResult.Not(AppendStatus.Offline);
        if (_pendingTruncations > 0 || !_context.Journal.HasRoom(batches.Length))
        {
            Flush();
            return AppendResult.Not(AppendStatus.Busy);
        }

        Span<byte> bytes = batches.WritableMemory.Span;
        (long endOffset, long maxTimestamp) = Stamp(bytes);
        try
        {
            if (MustRoll(bytes.Length, endOffset - 1, maxTimestamp)) Roll();
            // The first write makes the file, and a checkpoint may have synced the directory since the segment was added.
            if (Active.Size == 0) _namesVersion++;
            Active.Write(bytes);
        }
        catch (DiskFullException)
        {
            Active.DiscardBehindEnd();
            return AppendResult.Not(AppendStatus.DiskFull);
        }
        catch (IOException failure)
        {
            _context.Fail(failure);
            return AppendResult.Not(AppendStatus.Offline);
        }

        long baseOffset = LogEndOffset;
        if (MustHold(bytes.Length))
        {
            int position = Active.Size;
            Accept(bytes, endOffset);
            Hold(baseOffset, position, bytes.Length);
            return new AppendResult(AppendStatus.Appended, baseOffset, endOffset);
        }

        long sequence = _context.Journal.Add(new FrameRequest(this, FrameKind.Append, baseOffset, LeaderEpoch, endOffset, Generation), bytes);
        if (sequence <= 0)
        {
            Active.DiscardBehindEnd();
            return AppendResult.Not(sequence == 0 ? AppendStatus.Busy : AppendStatus.Offline);
        }

        _lastSequence = sequence;
        Accept(bytes, endOffset);
        return new AppendResult(AppendStatus.Appended, baseOffset, endOffset);
    }

    /// <summary>Where an epoch ends (OLE-1). Epochs without records are not shown.</summary>
    public EpochEndOffset EndOffsetFor(int epoch) => _epochs.EndOffsetFor(epoch, LogEndOffset);

    /// <summary>The epoch in which the record at an offset was appended, -1 when there is none.</summary>
    public int EpochAt(long offset) => _epochs.EpochAt(offset);

    /// <summary>Appends from here on carry <paramref name="epoch"/>, which must be above <see cref="LeaderEpoch"/>.</summary>
    public void StartEpoch(int epoch)
    {
        if (_status != LogStatus.Open) return;
        _epochs.Add(epoch, LogEndOffset);
        AddControlFrame(FrameKind.EpochStart, LogEndOffset, epoch);
    }

    internal void NoteCreation() => AddControlFrame(FrameKind.Create, LogEndOffset);

    internal void OnFlushed(in FlushMark mark)
    {
        if (_status is LogStatus.Offline or LogStatus.Closed) return;
        _durableSequence = Math.Max(_durableSequence, mark.Sequence);
        // A sync that raced a truncation says nothing about what the log holds now; the truncation's own frame will.
        if (mark.Generation == Generation && mark.EndOffset > FlushedOffset)
        {
            FlushedOffset = mark.EndOffset;
            Flushed?.Invoke(FlushedOffset);
        }

        while (_onDurable.TryPeek(out (long Sequence, Action Run) next) && next.Sequence <= _durableSequence)
        {
            _ = _onDurable.Dequeue();
            next.Run();
        }
    }

    internal void OnFailed(Exception failure)
    {
        if (_status is LogStatus.Offline or LogStatus.Closed) return;
        _status = LogStatus.Offline;
        _cleaningMustStop = true;
        _onDurable.Clear();
        ForgetHeld();
        _closing?.TrySetException(new StoreOfflineException("The data directory went offline", failure));
        _pendingTruncations = 0;
        RunPostponedCheckpoints();
        _awaitedFlush?.TrySetResult();
        Failed?.Invoke(failure);
    }

    /// <summary>Patches base offsets and epoch into the batches; returns the end offset and the largest timestamp.</summary>
    private (long EndOffset, long MaxTimestamp) Stamp(Span<byte> bytes)
    {
        long next = LogEndOffset;
        long maxTimestamp = RecordBatchHeader.NoTimestamp;
        int at = 0;
        while (at < bytes.Length)
        {
            bool whole = RecordBatchHeader.TryRead(bytes[at..], out RecordBatchHeader header)
                && BatchScan.IsPlausible(header) && header.SizeInBytes <= bytes.Length - at;
            Invariant.Check(whole);
            RecordBatchBytes.SetBaseOffset(bytes[at..], next);
            RecordBatchBytes.SetPartitionLeaderEpoch(bytes[at..], LeaderEpoch);
            next += header.LastOffsetDelta + 1L;
            maxTimestamp = Math.Max(maxTimestamp, header.MaxTimestamp);
            at += (int)header.SizeInBytes;
        }

        Invariant.Check(at > 0);
        return (next, maxTimestamp);
    }

    private void Accept(ReadOnlySpan<byte> bytes, long endOffset)
    {
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(bytes)) Active.Accept(batch.Header);
        LogEndOffset = endOffset;
        if (Active.TakeWriteback() is { } writeback) _context.Syncs.Post(writeback.Run);
    }

    private bool MustRoll(int length, long lastOffset, long maxTimestamp)
    {
        Segment active = Active;
        if (active.Size == 0) return false;
        if ((long)active.Size + length > Settings.SegmentBytes) return true;
        if (active.Index.SizeInBytes + SegmentIndex.EntrySize > Settings.SegmentIndexBytes) return true;
        if (lastOffset - active.BaseOffset > int.MaxValue) return true;
        long age = active.FirstTimestamp >= 0 && maxTimestamp >= 0 ? maxTimestamp - active.FirstTimestamp : _context.NowMs - active.CreatedMs;
        return age > Settings.SegmentMs - JitterOf(active);
    }

    // Fixed per segment: a jitter drawn anew at each append would always end at its largest.
    private long JitterOf(Segment segment) =>
        Settings.SegmentJitterMs <= 0 ? 0 : (long)((ulong)segment.BaseOffset * 0x9E37_79B9_7F4A_7C15 >> 1) % Settings.SegmentJitterMs;

    private void Roll()
    {
        Active.IndexEnd();
        AddSegment(LogEndOffset);
    }

    private void AddSegment(long baseOffset)
    {
        _segments.Add(Segment.Create(_context.Segments, _directory, baseOffset, _context.NowMs, Settings.IndexIntervalBytes));
        _namesVersion++;
        CountBytes();
    }

    // Everybody asks for the size at every append, so it is counted when segments come and go.
    private void CountBytes()
    {
        _bytesBeforeActive = 0;
        for (int i = 0; i + 1 < _segments.Count; i++) _bytesBeforeActive += _segments[i].Size;
    }

    /// <summary>
    /// Adds a frame without records, behind what is held back. <paramref name="whenDurable"/> runs on the owner once it is durable; never when the
    /// store fails first.
    /// </summary>
    private void AddControlFrame(FrameKind kind, long offset, int epoch = 0, Action? whenDurable = null)
    {
        var request = new FrameRequest(this, kind, offset, epoch, LogEndOffset, Generation);
        if (_held.Count > 0) HoldFrame(request, whenDurable);
        else AddFrame(request, whenDurable);
    }

    /// <summary>Only a journal that is stopped, or wholly full, refuses a frame without records; both are the store's end.</summary>
    private void AddFrame(in FrameRequest request, Action? whenDurable)
    {
        long sequence = _context.Journal.Add(request, []);
        if (sequence == 0) _context.Fail(new IOException("The commit journal has no room left for a control frame"));
        _lastSequence = Math.Max(_lastSequence, sequence);
        if (sequence > 0 && whenDurable is not null) _onDurable.Enqueue((sequence, whenDurable));
    }
}

/// <summary>What a log takes.</summary>
internal enum LogStatus : byte
{
    /// <summary>Everything.</summary>
    Open,
    /// <summary>No more appends; waits for its last flush.</summary>
    Closing,
    /// <summary>Nothing: closed or deleted.</summary>
    Closed,
    /// <summary>Nothing: the data directory failed.</summary>
    Offline,
}

/// <summary>What a log's directory holds when it is opened.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Segments">At least one, the last one loaded.</param>
/// <param name="Epochs">The leader epochs.</param>
/// <param name="LogStartOffset">The first offset that can be read.</param>
/// <param name="AppliedSequence">The last journal frame that is in it.</param>
/// <param name="HasNewNames">The directory or a segment in it may not have a durable name yet.</param>
/// <param name="IsGapless">It was never compacted.</param>
internal sealed record LogContent(
    string Directory, List<Segment> Segments, LeaderEpochs Epochs, long LogStartOffset, long AppliedSequence, bool HasNewNames, bool IsGapless);
