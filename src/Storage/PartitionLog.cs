using Gateway.Common.Execution;
using Gateway.Common.Ids;
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
        Journaled = new JournalState(this);
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

    internal JournalState Journaled { get; }

    internal int Generation { get; private set; }

    internal int SegmentCount => _segments.Count;

    private Segment Active => _segments[^1];

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

    /// <summary>
    /// Only a journal that is stopped, or wholly full, refuses a frame without records; both are the store's end. But a deletion can do without: after
    /// a crash the log may be there again, as if the crash had come a moment before, and whoever deleted it deletes it again.
    /// </summary>
    private void AddFrame(in FrameRequest request, Action? whenDurable)
    {
        long sequence = _context.Journal.Add(request, []);
        if (sequence == 0 && request.Kind != FrameKind.Delete) _context.Fail(new IOException("The commit journal has no room left for a control frame"));
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
