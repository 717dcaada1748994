namespace Gateway.Storage.Journal;

/// <summary>What a log wants written into the journal.</summary>
/// <param name="Log">The log.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Offset">The offset it is about.</param>
/// <param name="Epoch">The leader epoch.</param>
/// <param name="EndOffset">Everything below it is durable once the frame is.</param>
/// <param name="Generation">The log's generation.</param>
internal readonly record struct FrameRequest(
    PartitionLog Log, FrameKind Kind, long Offset, int Epoch, long EndOffset, int Generation);

/// <summary>What the journal remembers per log. Written under its lock, from the log's owner.</summary>
internal sealed class JournalState(PartitionLog log)
{
    private PartitionLog? _log = log;

    /// <summary>
    /// Null once the log is closed or deleted: files list whoever has frames in them until they come free, and would keep all that a log has in memory
    /// for as long, of every topic that came and went meanwhile.
    /// </summary>
    internal PartitionLog? Log => Volatile.Read(ref _log);

    /// <summary>The use of a file the log last had a frame in.</summary>
    internal long File { get; set; }

    /// <summary>The batch it last had a frame in.</summary>
    internal long Batch { get; set; }

    /// <summary>Its mark in that batch.</summary>
    internal int MarkIndex { get; set; }

    /// <summary>Its bytes in that batch.</summary>
    internal long BytesInBatch { get; set; }

    /// <summary>It has nothing any more that a checkpoint would have to ask for.</summary>
    internal void Retire() => Volatile.Write(ref _log, null);
}
