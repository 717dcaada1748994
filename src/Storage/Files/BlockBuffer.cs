using Gateway.Common.Errors;

namespace Gateway.Storage.Files;

/// <summary>
/// Bytes on their way into a <see cref="IBlockFile"/>: memory that starts and ends where the device's blocks do, so that the device can take
/// it from here. Grows by chunks, which it keeps for the next use.
/// </summary>
public sealed class BlockBuffer(int chunkSize = BlockBuffer.UsualChunkSize)
{
    /// <summary>Where chunks start in memory: what any device asks for.</summary>
    public const int Alignment = 4_096;

    private const int UsualChunkSize = 256 << 10;

    // A burst may need many; what it took is given back when it is over.
    private const int ChunksKept = 4;

    private readonly List<AlignedMemory> _chunks = [];

    /// <summary>Bytes in it.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes, piece by piece: all but the last are multiples of <see cref="Alignment"/>. They do not move.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces
    {
        get
        {
            for (int at = 0; at < Length; at += chunkSize) yield return _chunks[at / chunkSize].Memory[..Math.Min(chunkSize, Length - at)];
        }
    }

    /// <summary>How many <see cref="Pieces"/> there are.</summary>
    internal int PieceCount => (Length + chunkSize - 1) / chunkSize;

    /// <summary>One of the <see cref="Pieces"/>.</summary>
    internal ReadOnlyMemory<byte> Piece(int index) => _chunks[index].Memory[..Math.Min(chunkSize, Length - (index * chunkSize))];

    /// <summary>Copies bytes behind the last.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = Room();
            int part = Math.Min(room.Length, bytes.Length);
            bytes[..part].CopyTo(room);
            Length += part;
            bytes = bytes[part..];
        }
    }

    /// <summary>Adds zeros up to the next multiple of <paramref name="block"/>, which divides <see cref="Alignment"/>.</summary>
    public void PadTo(int block)
    {
        int missing = (block - (Length % block)) % block;
        if (missing == 0) return;
        Invariant.Check(missing < Alignment);
        // A chunk is a multiple of the block, so what is missing lies in one.
        Room()[..missing].Clear();
        Length += missing;
    }

    /// <summary>Forgets the bytes.</summary>
    public void Clear()
    {
        Length = 0;
        for (int i = _chunks.Count - 1; i >= ChunksKept; i--)
        {
            _chunks[i].Free();
            _chunks.RemoveAt(i);
        }
    }

    private Span<byte> Room()
    {
        int chunk = Length / chunkSize;
        if (chunk == _chunks.Count) _chunks.Add(new AlignedMemory(chunkSize));
        return _chunks[chunk].GetSpan()[(Length % chunkSize)..];
    }
}
