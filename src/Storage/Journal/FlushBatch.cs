using System.Buffers;

namespace Gateway.Storage.Journal;

/// <summary>How far a log will be durable once a batch is.</summary>
/// <param name="Log">The log.</param>
/// <param name="EndOffset">One behind its last record.</param>
/// <param name="Generation">The log's generation then: a truncation since makes the offset meaningless.</param>
/// <param name="Sequence">Its last frame.</param>
internal readonly record struct FlushMark(PartitionLog Log, long EndOffset, int Generation, long Sequence);

/// <summary>Frames that become durable with one sync: what arrived while the one before was on its way.</summary>
/// <remarks>Filled under the journal's lock, then the flusher's alone.</remarks>
internal sealed class FlushBatch(long id, JournalFile file, int start, long firstSequence)
{
    private const int ChunkSize = 128 * 1024;

    private readonly List<byte[]> _chunks = [];
    private int _lastChunkUsed;

    internal long Id { get; } = id;

    internal JournalFile File { get; } = file;

    /// <summary>Sequence of its first frame: all before it are durable when this batch is written.</summary>
    internal long FirstSequence { get; } = firstSequence;

    /// <summary>Where in the file its frames start.</summary>
    internal int Start { get; } = start;

    /// <summary>Bytes of frames.</summary>
    internal int Length { get; private set; }

    /// <summary>Bytes that wait for it, those of bypassing runs included.</summary>
    internal long BytesInFlight { get; set; }

    /// <summary>The last one that is written to its file.</summary>
    internal bool EndsFile { get; set; }

    internal List<FlushMark> Marks { get; } = [];

    /// <summary>Segments that hold runs too large for the journal: they are synced before the frames that speak of them.</summary>
    internal List<SegmentSync> SegmentSyncs { get; } = [];

    internal bool IsEmpty => Length == 0;

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_chunks.Count == 0 || _lastChunkUsed == _chunks[^1].Length)
            {
                _chunks.Add(ArrayPool<byte>.Shared.Rent(ChunkSize));
                _lastChunkUsed = 0;
            }

            Span<byte> room = _chunks[^1].AsSpan(_lastChunkUsed);
            int part = Math.Min(room.Length, bytes.Length);
            bytes[..part].CopyTo(room);
            _lastChunkUsed += part;
            bytes = bytes[part..];
        }
    }

    internal void WriteTo(IReadOnlyList<ReadOnlyMemory<byte>> header)
    {
        var pieces = new List<ReadOnlyMemory<byte>>(header.Count + _chunks.Count);
        pieces.AddRange(header);
        for (int i = 0; i < _chunks.Count; i++) pieces.Add(_chunks[i].AsMemory(0, i + 1 < _chunks.Count ? _chunks[i].Length : _lastChunkUsed));
        File.File.Write(header.Count > 0 ? 0 : Start, pieces);
    }

    internal void ReturnChunks()
    {
        foreach (byte[] chunk in _chunks) ArrayPool<byte>.Shared.Return(chunk);
        _chunks.Clear();
    }
}
