namespace Gateway.HttpProxy.Streams;

/// <summary>How far a stream has come in one partition.</summary>
internal sealed class StreamPosition(int partition, long offset, long end)
{
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
}
