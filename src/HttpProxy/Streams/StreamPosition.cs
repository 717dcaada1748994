using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Streams;

/// <summary>How far a stream has come in one partition.</summary>
internal sealed class StreamPosition(int partition, long offset, long end)
{
    // A stream that waits has an age, a place in a group and other partitions, and its server may stop.
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(2);

    private RecordReading? _reading;
    private long _readingAt;

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
    internal void Keep(RecordReading reading, bool isRefused)
    {
        (_reading, _readingAt, IsRefused) = (reading, Offset, isRefused);
        reading.Offer();
    }

    /// <summary>Whether the stream can go on in the batch that it kept. Nobody else has its memory from then on.</summary>
    internal bool TryResume()
    {
        if (_reading is null) return false;
        _reading.Reclaim();
        if (_reading.IsOpen && _readingAt != Offset) _reading.Close();
        return _reading.IsOpen;
    }

    /// <summary>Waits for a while until there is memory for what was refused; false when there is none yet, so that the stream can look at what else there is.</summary>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    internal async ValueTask<bool> WaitForMemoryAsync(TimeProvider time, CancellationToken cancel)
    {
        using var turn = new CancellationTokenSource(s_turn, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(turn.Token, cancel);
        try
        {
            await _reading!.Share.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Takes what was kept, or begins.</summary>
    internal RecordReading TakeReading(ReaderMemory memory)
    {
        TryResume();
        (RecordReading reading, _reading, IsRefused) = (_reading ?? new RecordReading(memory), null, false);
        return reading;
    }

    /// <summary>Lets go of what is kept.</summary>
    internal void DropReading()
    {
        (RecordReading? reading, _reading, IsRefused) = (_reading, null, false);
        reading?.Dispose();
    }
}
