using Gateway.Common.Buffers;

namespace Gateway.Common.Records;

/// <summary>
/// The records of one batch, inflated when a codec is set. Dispose it: the inflated bytes come from a pool, and every
/// <see cref="RecordView"/> taken from it ends with it.
/// </summary>
public readonly ref struct BatchRecords : IDisposable
{
    private readonly RecordsLease? _inflated;

    private BatchRecords(scoped in RecordBatchHeader header, ReadOnlySpan<byte> bytes, RecordsLease? inflated)
    {
        Header = header;
        Bytes = bytes;
        _inflated = inflated;
    }

    /// <summary>The batch's header.</summary>
    public RecordBatchHeader Header { get; }

    /// <summary>The records one after the other, never compressed.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Opens a whole batch; <paramref name="maxInflatedBytes"/> bounds what it may inflate to.</summary>
    /// <exception cref="CorruptRecordException">The compressed bytes are damaged, or this is no batch of format 2.</exception>
    /// <exception cref="InflatedTooLargeException">It inflates beyond the bound.</exception>
    /// <exception cref="CodecUnavailableException">The codec's library is missing.</exception>
    public static BatchRecords Open(ReadOnlySpan<byte> batch, int maxInflatedBytes = Compression.DefaultMaxInflatedBytes)
    {
        RecordBatchHeader header = RecordBatchHeader.OfWhole(batch);
        ReadOnlySpan<byte> records = batch[RecordBatchHeader.Size..];
        if (header.Compression == CompressionType.None) return new BatchRecords(header, records, null);
        RecordsLease inflated = Compression.Decompress(header.Compression, records, maxInflatedBytes);
        return new BatchRecords(header, inflated.Span, inflated);
    }

    /// <summary>Walks the records in order.</summary>
    public RecordEnumerator GetEnumerator() => new(Header, Bytes);

    /// <inheritdoc/>
    public void Dispose() => _inflated?.Dispose();
}

/// <summary>
/// Walks records without allocating. Throws <see cref="CorruptRecordException"/> where the bytes do not hold what the header says.
/// </summary>
public ref struct RecordEnumerator
{
    private readonly RecordBatchHeader _header;
    private readonly ReadOnlySpan<byte> _bytes;
    private int _read;
    private int _position;

    internal RecordEnumerator(scoped in RecordBatchHeader header, ReadOnlySpan<byte> bytes)
    {
        _header = header;
        _bytes = bytes;
    }

    /// <summary>The record the walk stands on.</summary>
    public RecordView Current { get; private set; }

    /// <summary>Where the record the walk stands on ends in the bytes that are walked, and the next one starts.</summary>
    public readonly int Position => _position;

    /// <summary>Steps to the next record.</summary>
    /// <exception cref="CorruptRecordException">A record is malformed, or bytes are left after the last.</exception>
    public bool MoveNext()
    {
        if (_read >= _header.RecordsCount)
        {
            if (_position != _bytes.Length) throw new CorruptRecordException("Bytes are left after the last record.");
            return false;
        }

        Current = RecordView.Read(_bytes, ref _position, _header);
        _read++;
        return true;
    }
}
