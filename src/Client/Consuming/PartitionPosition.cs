using Gateway.Common.Buffers;
using Gateway.Common.Ids;

namespace Gateway.Client.Consuming;

/// <summary>Where reading of one partition stands. Guarded by its consumer's lock.</summary>
internal sealed class PartitionPosition(TopicPartition partition)
{
    internal TopicPartition Partition { get; } = partition;

    /// <summary>The offset to hand out next; null until it is looked up.</summary>
    internal long? Offset { get; private set; }

    /// <summary>Which end to look up instead of the committed offset, if a seek asked for one.</summary>
    internal AutoOffsetReset? SeekTo { get; private set; }

    /// <summary>True once records were handed out or a seek was made: there is something to commit.</summary>
    internal bool IsDirty { get; set; }

    /// <summary>Records read ahead, of which those from <see cref="Offset"/> on were not handed out yet.</summary>
    internal RecordsLease? Buffered { get; private set; }

    /// <summary>A read is under way.</summary>
    internal bool IsFetching { get; set; }

    /// <summary>No read before this time (in the clock's timestamps): the last one failed.</summary>
    internal long NotBefore { get; set; }

    /// <summary>Moves on after records were handed out; the rest of the buffer stays.</summary>
    internal void Advance(long offset, bool bufferIsUsedUp)
    {
        Offset = offset;
        IsDirty = true;
        if (bufferIsUsedUp) DropBuffer();
    }

    /// <summary>Goes to an offset.</summary>
    internal void Seek(long offset)
    {
        DropBuffer();
        (Offset, SeekTo) = (offset, null);
    }

    /// <summary>Goes to an end of the log, which is looked up later; null: to the committed offset.</summary>
    internal void Seek(AutoOffsetReset? end)
    {
        DropBuffer();
        (Offset, SeekTo) = (null, end);
    }

    /// <summary>Takes over records that were read from <see cref="Offset"/>.</summary>
    internal void Fill(RecordsLease records)
    {
        DropBuffer();
        Buffered = records;
    }

    internal void DropBuffer()
    {
        Buffered?.Dispose();
        Buffered = null;
    }
}
