using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Logs;
using Gateway.Storage.Segments;

namespace Gateway.Storage;

public sealed partial class PartitionLog
{
    private TaskCompletionSource? _closing;

    internal Action<PartitionLog>? Closed { get; set; }

    private bool _isBeingDeleted;

    /// <summary>Flushes what was appended, makes a checkpoint and closes; the log can be opened again.</summary>
    /// <exception cref="StoreOfflineException">The data directory failed before that was done, or has no room for the checkpoint.</exception>
    public Task CloseAsync()
    {
        if (_closing is not null) return _closing.Task;
        _closing = new TaskCompletionSource();
        if (_status != LogStatus.Open)
        {
            _closing.SetResult();
            return _closing.Task;
        }

        _status = LogStatus.Closing;
        _cleaningMustStop = true;
        if (_swapping is null) FinishWriting();
        else _afterSwap = FinishWriting;
        return _closing.Task;
    }

    private void FinishWriting()
    {
        if (_status != LogStatus.Closing) return;
        WhenAllDurable(WriteLastCheckpoint);
    }

    /// <summary>
    /// Forgets the log: its journal frames are not to be replayed. False when it was closed before. On the owner; the caller removes the
    /// directory and then calls <see cref="OnRemoved"/>, until which the journal keeps what it has of the log.
    /// </summary>
    internal bool Delete()
    {
        if (_status is LogStatus.Closed or LogStatus.Offline) return false;
        _cleaningMustStop = true;
        ForgetHeld();
        AddControlFrame(FrameKind.Delete, LogEndOffset);
        _onDurable.Clear();
        foreach (Segment segment in _segments) segment.File.Forget();
        _status = LogStatus.Closed;
        _isBeingDeleted = true;
        _awaitedFlush?.TrySetResult();
        _closing?.TrySetResult();
        return true;
    }

    /// <summary>The directory is gone, durably. On the owner.</summary>
    internal void OnRemoved()
    {
        _isBeingDeleted = false;
        Retire();
    }

    private void WriteLastCheckpoint()
    {
        foreach (Segment segment in _segments) segment.IndexEnd();
        CaptureCheckpoint(capture =>
        {
            if (capture is null) return; // Offline: whoever waits has been told.
            _context.Checkpoints.Enqueue(capture.Work, failure => _owner.Post(() => Finish(failure)));
        });
    }

    private void Finish(Exception? failure)
    {
        if (failure is not null)
        {
            // Without room the journal still has all of it, and keeps it, since the log is not retired.
            if (failure is DiskFullException) StorageLog.ClosedUnclean(_context.Logger, Id, failure.Message);
            else _context.Fail(failure);
            _closing!.TrySetException(new StoreOfflineException("The last checkpoint could not be written", failure));
            return;
        }

        Retire();
        _closing!.TrySetResult();
    }

    private void Retire()
    {
        _status = LogStatus.Closed;
        Journaled.Retire();
        _pendingTruncations = 0;
        RunPostponedCheckpoints();
        Closed?.Invoke(this);
    }
}
