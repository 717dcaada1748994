using Gateway.Common.Buffers;
using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Records;

/// <summary>
/// The records of one batch from front to back, once. What a codec inflates to passes through a window and never lies in memory as a whole; of
/// what is not compressed nothing is copied.
/// </summary>
public readonly ref struct StreamedRecords : IDisposable
{
    private readonly ReadOnlySpan<byte> _plain;
    private readonly StartedInflater _codec;
    private readonly RecordWindow? _window;
    private readonly int _maxInflatedBytes;

    private StreamedRecords(scoped in RecordBatchHeader header, ReadOnlyMemory<byte> records, int maxInflatedBytes, IMemoryGrants memory)
    {
        Header = header;
        _maxInflatedBytes = maxInflatedBytes;
        _codec = new StartedInflater(header.Compression, records);
        if (_codec.Inflater is null) _plain = records.Span;
        else _window = new RecordWindow(memory);
    }

    /// <summary>The batch's header.</summary>
    public RecordBatchHeader Header { get; }

    /// <summary>Opens a whole batch, which must stay where it is until the end.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="maxInflatedBytes">What it may inflate to.</param>
    /// <param name="memory">Has to grant what a large record needs.</param>
    /// <exception cref="CorruptRecordException">This is no batch of format 2, or the compressed bytes are damaged.</exception>
    /// <exception cref="CodecUnavailableException">The codec's library is missing.</exception>
    public static StreamedRecords Open(ReadOnlyMemory<byte> batch, int maxInflatedBytes, IMemoryGrants memory)
    {
        RecordBatchHeader header = RecordBatchHeader.OfWhole(batch.Span);
        return new StreamedRecords(header, batch[RecordBatchHeader.Size..], maxInflatedBytes, memory);
    }

    /// <summary>Walks the records in order. Only one walk can be had.</summary>
    public StreamedRecordEnumerator GetEnumerator() => new(Header, Source());

    /// <inheritdoc/>
    public void Dispose()
    {
        _codec.Dispose();
        _window?.Dispose();
    }

    /// <summary>Their bytes, instead of a walk.</summary>
    internal RecordSource Source() =>
        _codec.Inflater is { } inflater ? new RecordSource(inflater, _window!, _maxInflatedBytes) : new RecordSource(_plain);
}

/// <summary>Walks records without allocating. Each record is there until the next step.</summary>
public ref struct StreamedRecordEnumerator
{
    private readonly RecordBatchHeader _header;
    private RecordSource _source;
    private int _read;

    internal StreamedRecordEnumerator(scoped in RecordBatchHeader header, RecordSource source)
    {
        _header = header;
        _source = source;
    }

    /// <summary>The record the walk stands on.</summary>
    public RecordView Current { get; private set; }

    /// <summary>Where the record the walk stands on ends among the inflated bytes, and the next one starts.</summary>
    public readonly int Position => (int)_source.Position;

    /// <summary>Steps to the next record.</summary>
    /// <exception cref="CorruptRecordException">A record is malformed, or bytes are left after the last.</exception>
    /// <exception cref="InflatedTooLargeException">The batch inflates beyond the bound.</exception>
    /// <exception cref="MemoryRefusedException">A record is large, and there is no memory for it.</exception>
    public bool MoveNext()
    {
        if (_read >= _header.RecordsCount)
        {
            _source.RequireEnd();
            return false;
        }
        int length = _source.ReadVarint32();
        if (length < 0 || !_source.TryTake(length, out ReadOnlySpan<byte> body))
            throw new CorruptRecordException("A record's length does not fit its batch.");
        Current = RecordView.Of(body, _header);
        _read++;
        return true;
    }
}
