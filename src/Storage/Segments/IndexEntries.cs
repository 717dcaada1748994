namespace Gateway.Storage.Segments;

/// <summary>
/// Entries of an index, in pieces that stay where they are. One array that doubles would be a large object soon, and large objects are what has
/// the collector stop everything for a full collection.
/// </summary>
internal sealed class IndexEntries
{
    /// <summary>Entries of a piece: some 24 KiB.</summary>
    internal const int PieceLength = 1024;

    private const int FirstLength = 4;

    private readonly List<IndexEntry[]> _pieces = [];

    internal int Count { get; private set; }

    internal ref readonly IndexEntry this[int index] => ref _pieces[index / PieceLength][index % PieceLength];

    internal void Add(in IndexEntry entry)
    {
        int piece = Count / PieceLength, at = Count % PieceLength;
        // Most logs have a few entries only, and there may be ten thousand of them: so the first piece grows.
        if (piece == _pieces.Count) _pieces.Add(new IndexEntry[piece == 0 ? FirstLength : PieceLength]);
        IndexEntry[] entries = _pieces[piece];
        if (at == entries.Length)
        {
            Array.Resize(ref entries, at * 2);
            _pieces[piece] = entries;
        }

        entries[at] = entry;
        Count++;
    }

    /// <summary>Leaves only the first <paramref name="count"/>.</summary>
    internal void Shorten(int count)
    {
        int pieces = (count + PieceLength - 1) / PieceLength;
        _pieces.RemoveRange(pieces, _pieces.Count - pieces);
        Count = count;
    }
}
