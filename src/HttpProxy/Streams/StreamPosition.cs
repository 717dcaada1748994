using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Streams;

/// <summary>How far a stream has come in one partition.</summary>
internal sealed class StreamPosition(int partition, long offset, long end)
{
    private RecordReading? _reading;
    private long _readingAt;
    private Task? _turn;

    internal int Partition { get; } = partition;

    /// <summary>The offset of the next record.</summary>
    internal long Offset { get; set; } = offset;

    /// <summary>The stream is over here at this offset; <see cref="long.MaxValue"/> when it has no end.</summary>
    internal long End { get; } = end;

    /// <summary>A tail will say when there is more.</summary>
    internal bool IsWaiting { get; set; }

    /// <summary>Everything that was committed lately has been sent: the next record is one to wait for.</summary>
    internal bool IsAtEnd { get; set; }

    internal bool IsDone => Offset >= End;

    /// <summary>There was no memory for the next record: it is to be waited for.</summary>
    internal bool IsRefused { get; private set; }

    /// <summary>Keeps the place in a compressed batch until the stream goes on; others may have its memory meanwhile.</summary>
    internal void Keep(RecordReading reading)
    {
        (_reading, _readingAt) = (reading, Offset);
        reading.Offer();
    }

    /// <summary>There was no memory for the next record: it is to be waited for, with nothing in hand.</summary>
    internal void KeepRefused(RecordReading reading)
    {
        reading.Close();
        (_reading, IsRefused, IsAtEnd) = (reading, true, false);
    }

    /// <summary>Whether the stream waits here for memory: in line from now on where it was not, and woken when its turn comes.</summary>
    internal bool WaitsForMemory(StreamSignal signal)
    {
        if (!IsRefused) return false;
        _turn ??= GetInLine(signal);
        return !_turn.IsCompleted;
    }

    /// <summary>
    /// Leaves what memory there is to others while the stream could do nothing with it, since it waits for its client. It keeps its place in line.
    /// </summary>
    internal void StepAside()
    {
        if (_turn is null) return;
        _turn = null;
        _reading!.Share.Dispose();
    }

    /// <summary>Whether the stream can go on in the batch that it kept. Nobody else has its memory from then on.</summary>
    internal bool TryResume()
    {
        if (_reading is null) return false;
        _reading.Reclaim();
        if (_reading.IsOpen && _readingAt != Offset) _reading.Close();
        return _reading.IsOpen;
    }

    /// <summary>Takes what was kept, or begins.</summary>
    internal RecordReading TakeReading(ReaderMemory memory)
    {
        TryResume();
        RecordReading reading = _reading ?? new RecordReading(memory);
        Forget();
        return reading;
    }

    /// <summary>Lets go of what is kept.</summary>
    internal void DropReading()
    {
        _reading?.Dispose();
        Forget();
    }

    private Task GetInLine(StreamSignal signal)
    {
        Task turn = _reading!.Share.WaitAsync(Offset);
        turn.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => signal.Raise(StreamEvents.Memory));
        return turn;
    }

    private void Forget() => (_reading, IsRefused, _turn) = (null, false, null);
}
