namespace Gateway.Common.Records;

/// <summary>Walks record batches that lie one after the other.</summary>
public static class RecordBatches
{
    /// <summary>The whole batches at the start of <paramref name="bytes"/>. Checksums are not checked.</summary>
    public static RecordBatchEnumerator Enumerate(ReadOnlySpan<byte> bytes) => new(bytes);
}

/// <summary>Why a walk over batches ended.</summary>
public enum BatchWalkEnd : byte
{
    /// <summary>It has not ended yet.</summary>
    NotYet,
    /// <summary>No byte was left.</summary>
    Complete,
    /// <summary>The bytes end inside a batch, as the tail of a fetch or of a torn file may.</summary>
    Partial,
    /// <summary>What follows is no batch: a length below a header's, or another format.</summary>
    NotABatch,
}

/// <summary>One whole batch within a span.</summary>
public readonly ref struct RecordBatchSpan
{
    internal RecordBatchSpan(scoped in RecordBatchHeader header, ReadOnlySpan<byte> bytes, int position)
    {
        Header = header;
        Bytes = bytes;
        Position = position;
    }

    /// <summary>Its header.</summary>
    public RecordBatchHeader Header { get; }

    /// <summary>All of its bytes, header included.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Where it starts in the span that was walked.</summary>
    public int Position { get; }
}

/// <summary>See <see cref="RecordBatches.Enumerate"/>.</summary>
public ref struct RecordBatchEnumerator
{
    private readonly ReadOnlySpan<byte> _bytes;
    private RecordBatchHeader _header;
    private int _start;

    internal RecordBatchEnumerator(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The end of the last whole batch: where the next one would start.</summary>
    public int Position { get; private set; }

    /// <summary>Why the walk ended.</summary>
    public BatchWalkEnd End { get; private set; }

    /// <summary>The batch the walk stands on.</summary>
    public readonly RecordBatchSpan Current => new(_header, _bytes[_start..Position], _start);

    /// <summary>For <c>foreach</c>.</summary>
    public readonly RecordBatchEnumerator GetEnumerator() => this;

    /// <summary>Steps to the next whole batch.</summary>
    public bool MoveNext()
    {
        if (End != BatchWalkEnd.NotYet) return false;
        ReadOnlySpan<byte> rest = _bytes[Position..];
        if (rest.IsEmpty) return Stop(BatchWalkEnd.Complete);
        if (!RecordBatchHeader.TryRead(rest, out RecordBatchHeader header)) return Stop(BatchWalkEnd.Partial);
        bool isBatch = header.Magic == RecordBatchHeader.CurrentMagic && header.SizeInBytes >= RecordBatchHeader.Size;
        if (!isBatch) return Stop(BatchWalkEnd.NotABatch);
        if (header.SizeInBytes > rest.Length) return Stop(BatchWalkEnd.Partial);
        _header = header;
        _start = Position;
        Position += (int)header.SizeInBytes;
        return true;
    }

    private bool Stop(BatchWalkEnd end)
    {
        End = end;
        return false;
    }
}
