using Gateway.Storage.Files;

namespace Gateway.Storage.Journal;

/// <summary>How far a log will be durable once a batch is.</summary>
/// <param name="Log">The log.</param>
/// <param name="EndOffset">One behind its last record.</param>
/// <param name="Generation">The log's generation then: a truncation since makes the offset meaningless.</param>
/// <param name="Sequence">Its last frame.</param>
internal readonly record struct FlushMark(PartitionLog Log, long EndOffset, int Generation, long Sequence);

/// <summary>Frames that become durable with one write: what arrived while the one before was on its way.</summary>
/// <remarks>Filled under the journal's lock, then the flusher's alone, which gives it back for another use.</remarks>
internal sealed class FlushBatch
{
    private readonly BlockBuffer _bytes = new();

    /// <summary>Rises with every use.</summary>
    internal long Id { get; private set; }

    internal JournalFile File { get; private set; } = null!;

    /// <summary>Sequence of its first frame: all before it are durable when this batch is written.</summary>
    internal long FirstSequence { get; private set; }

    /// <summary>Where in the file its bytes go.</summary>
    internal int Start { get; private set; }

    /// <summary>Bytes of frames and what fills the last block, and of the file's header when it is the first in it.</summary>
    internal int Length => _bytes.Length;

    /// <summary>Bytes that wait for it.</summary>
    internal long BytesInFlight { get; set; }

    /// <summary>The last one that is written to its file.</summary>
    internal bool EndsFile { get; set; }

    internal List<FlushMark> Marks { get; } = [];

    /// <summary>It has no frames; each frame has a mark.</summary>
    internal bool IsEmpty => Marks.Count == 0;

    internal void Use(long id, JournalFile file, int start, long firstSequence)
    {
        Id = id;
        File = file;
        Start = start;
        FirstSequence = firstSequence;
        BytesInFlight = 0;
        EndsFile = false;
        Marks.Clear();
        _bytes.Clear();
    }

    /// <summary>It was written and told of: a batch that waits for its next use is not to keep logs that are deleted meanwhile.</summary>
    internal void Forget() => Marks.Clear();

    internal void Add(ReadOnlySpan<byte> bytes) => _bytes.Add(bytes);

    /// <summary>Fills the last block up: what follows must not write over what is durable. Returns the bytes with it.</summary>
    internal int PadTo(int block)
    {
        _bytes.PadTo(block);
        return _bytes.Length;
    }

    /// <summary>Makes it durable. Waits for the device.</summary>
    internal void Write() => File.File.Write(Start, _bytes);
}
