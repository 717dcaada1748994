using Gateway.Common.Errors;
using Gateway.Common.Execution;
using Gateway.Common.Records;

namespace Gateway.Storage.Journal;

/// <summary>
/// One stream of frames for all logs of a data directory, so that one sync makes all of them durable (design D5). A sync starts as
/// soon as there is a frame and gathers what arrives while it runs.
/// </summary>
/// <remarks>
/// Owners add frames, the flush executor writes and syncs them, files go free when a checkpoint has their content. The lock is held
/// for a copy of one frame at most. Invariant: a file is written only after every frame of the file before it is durable, so a
/// gap in front of a later file can only be damage. So with batches: one is written only after the one before it is durable, and its frames say so.
/// </remarks>
internal sealed class CommitJournal
{
    private readonly Lock _lock = new();
    private readonly IExecutor _flushExecutor;
    private readonly LogStoreOptions _options;
    private readonly JournalMetrics _metrics;
    private readonly long _run;
    private readonly Queue<JournalFile> _free = new();
    private readonly Queue<FlushBatch> _ended = new();
    private readonly Stack<FlushBatch> _spare = new();
    private readonly Action _turn;
    private FlushBatch _open;
    private long _nextSequence;
    private long _nextBatchId = 1;
    private long _bytesInFlight;
    private int _position;
    private bool _turnPosted;
    private bool _stopped;

    internal CommitJournal(
        LogStoreOptions options, IExecutor flushExecutor, TimeProvider time, long run, long nextSequence, JournalFile first)
    {
        _options = options;
        _flushExecutor = flushExecutor;
        _metrics = new JournalMetrics(time);
        _run = run;
        _nextSequence = nextSequence;
        _turn = Turn;
        _open = StartFile(first);
    }

    /// <summary>A file has all its frames durable and can be checkpointed. Called on the flush executor.</summary>
    internal Action<JournalFile>? FileFull { get; set; }

    /// <summary>No free file is left: somebody should prepare one. Called under the lock.</summary>
    internal Action? FilesShort { get; set; }

    /// <summary>A write or sync failed. Called on the flush executor, once.</summary>
    internal Action<Exception>? Failed { get; set; }

    internal long NextSequence
    {
        get
        {
            lock (_lock) return _nextSequence;
        }
    }

    /// <summary>
    /// Adds a frame and returns its sequence; 0 when there is no room for it now, -1 when the journal stopped. Called on the log's owner.
    /// </summary>
    internal long Add(in FrameRequest request, ReadOnlySpan<byte> payload)
    {
        PartitionLog log = request.Log;
        uint payloadCrc = Crc32C.Compute(payload);
        int length = JournalFrame.Size + payload.Length;
        Span<byte> fixedPart = stackalloc byte[JournalFrame.Size];
        bool post;
        long sequence;
        lock (_lock)
        {
            if (_stopped) return -1;
            if (_position + length > _open.File.Length && !TryNextFile()) return 0;
            sequence = _nextSequence++;
            new JournalFrame(
                _run, sequence, request.Kind, log.Key, request.Offset, request.Epoch, payload.Length, payloadCrc, _open.FirstSequence - 1).Write(fixedPart);
            _open.Add(fixedPart);
            _open.Add(payload);
            _position += length;
            _open.BytesInFlight += length;
            _bytesInFlight += length;
            if (log.Journaled.File != _open.File.FirstSequence)
            {
                log.Journaled.File = _open.File.FirstSequence;
                _open.File.Logs.Add(log.Journaled);
            }

            Mark(request, sequence, payload.Length);
            post = !_turnPosted;
            _turnPosted = true;
        }

        if (post) _flushExecutor.Post(_turn);
        return sequence;
    }

    /// <summary>Whether a run, with what the log already has in the flush being gathered, is better synced in its own file.</summary>
    internal bool WouldBeLarge(PartitionLog log, int length)
    {
        JournalState state = log.Journaled;
        long waiting = state.Batch == Volatile.Read(ref _open).Id ? state.BytesInBatch : 0;
        return waiting + length >= _options.BypassBytes;
    }

    /// <summary>
    /// Whether a run may be appended now: asked before its bytes go to the segment. Owners that ask at the same time may all hear yes; the
    /// bounds are that soft, and the last free file is kept back for them.
    /// </summary>
    internal bool HasRoom(int length)
    {
        lock (_lock)
        {
            if (_bytesInFlight > 0 && _bytesInFlight + length > _options.MaxBytesInFlight) return false;
            return HasFileFor(Math.Min(length, _options.BypassBytes));
        }
    }

    /// <summary>Whether a frame with so many bytes leaves the last free file to those that cannot be refused.</summary>
    internal bool HasSpace(int length)
    {
        lock (_lock) return HasFileFor(length);
    }

    /// <summary>Whether so much waits that nobody should let more gather.</summary>
    internal bool IsHalfFull
    {
        get
        {
            lock (_lock) return _bytesInFlight > _options.MaxBytesInFlight / 2;
        }
    }

    /// <summary>Counts bytes in, or with a negative number out, that wait in a log for their turn here.</summary>
    internal void CountHeld(long bytes)
    {
        lock (_lock) _bytesInFlight += bytes;
    }

    /// <summary>Adds a file that may be written over.</summary>
    internal void AddFree(JournalFile file)
    {
        lock (_lock)
        {
            file.Logs.Clear();
            _free.Enqueue(file);
        }
    }

    /// <summary>Takes no more frames; what waits is forgotten.</summary>
    internal void Stop()
    {
        lock (_lock) _stopped = true;
    }

    /// <summary>The file being written and the free ones, for closing.</summary>
    internal IReadOnlyList<JournalFile> TakeFiles()
    {
        lock (_lock)
        {
            Invariant.Check(_stopped);
            return [_open.File, .. _free];
        }
    }

    private bool HasFileFor(int length)
    {
        if (_position + JournalFrame.Size + length <= _open.File.Length || _free.Count > 1) return true;
        FilesShort?.Invoke();
        return false;
    }

    private bool TryNextFile()
    {
        if (_free.Count == 0) return false;
        _ = _open.PadTo(_options.JournalBlockBytes);
        _open.EndsFile = true;
        _ended.Enqueue(_open);
        _open = StartFile(_free.Dequeue());
        if (_free.Count <= 1) FilesShort?.Invoke();
        return true;
    }

    private FlushBatch StartFile(JournalFile file)
    {
        file.FirstSequence = _nextSequence;
        FlushBatch batch = NewBatch(file, start: 0);
        // A block of its own: it is written again when the file goes free, and must not tear the frames then.
        batch.Add(new JournalFileHeader(_run, _nextSequence, 0).Encode());
        _position = batch.PadTo(_options.JournalBlockBytes);
        return batch;
    }

    private FlushBatch NewBatch(JournalFile file, int start)
    {
        if (!_spare.TryPop(out FlushBatch? batch)) batch = new FlushBatch();
        batch.Use(_nextBatchId++, file, start, _nextSequence);
        return batch;
    }

    private void Mark(in FrameRequest request, long sequence, int length)
    {
        var mark = new FlushMark(request.Log, request.EndOffset, request.Generation, sequence);
        JournalState state = request.Log.Journaled;
        if (state.Batch == _open.Id)
        {
            _open.Marks[state.MarkIndex] = mark;
            state.BytesInBatch += length;
            return;
        }

        state.Batch = _open.Id;
        state.MarkIndex = _open.Marks.Count;
        state.BytesInBatch = length;
        _open.Marks.Add(mark);
    }

    /// <summary>Makes one batch durable. Runs on the flush executor; posts itself again while there is more.</summary>
    private void Turn()
    {
        FlushBatch? batch = TakeBatch();
        if (batch is null) return;
        try
        {
            Write(batch);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            Stop();
            Failed?.Invoke(failure);
            return;
        }

        lock (_lock) _bytesInFlight -= batch.BytesInFlight;
        Complete(batch);
        if (batch.EndsFile) FileFull?.Invoke(batch.File);
        batch.Forget();
        lock (_lock) _spare.Push(batch);
        _flushExecutor.Post(_turn);
    }

    private FlushBatch? TakeBatch()
    {
        lock (_lock)
        {
            if (!_stopped)
            {
                if (_ended.TryDequeue(out FlushBatch? ended)) return ended;
                if (!_open.IsEmpty)
                {
                    FlushBatch batch = _open;
                    _position = batch.Start + batch.PadTo(_options.JournalBlockBytes);
                    _open = NewBatch(batch.File, _position);
                    return batch;
                }
            }

            _turnPosted = false;
            return null;
        }
    }

    private void Write(FlushBatch batch)
    {
        if (batch.IsEmpty) return;
        long started = _metrics.Start();
        batch.Write();
        _metrics.Flushed(started, batch.Length);
    }

    private static void Complete(FlushBatch batch)
    {
        foreach (FlushMark mark in batch.Marks) mark.Log.Inbox.Add(mark);
    }
}
