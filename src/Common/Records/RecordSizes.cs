using Gateway.Common.Buffers;
using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Records;

/// <summary>A record as far as who counts needs it.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="DataBytes">The bytes of its key and value.</param>
public readonly record struct RecordSize(long Offset, long DataBytes);

/// <summary>
/// The sizes of one batch's records from front to back. What a codec inflates to passes through a small window, and what is larger than that is passed
/// over, so that counting takes the same little memory whatever the batch inflates to.
/// </summary>
public readonly ref struct RecordSizes : IDisposable
{
    private const int WindowSize = 32 * 1024;

    private readonly RecordBatchHeader _header;
    private readonly StartedInflater _codec;
    private readonly RecordsLease? _window;
    private readonly RecordSource _source;

    private RecordSizes(scoped in RecordBatchHeader header, ReadOnlyMemory<byte> records, int maxInflatedBytes)
    {
        _header = header;
        _codec = new StartedInflater(header.Compression, records);
        if (_codec.Inflater is not { } inflater)
        {
            _source = new RecordSource(records.Span);
            return;
        }
        _window = RecordsLease.Rent(WindowSize);
        _source = new RecordSource(inflater, _window.WritableMemory.Span, maxInflatedBytes);
    }

    /// <summary>Opens a whole batch, which must stay where it is until the end.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="maxInflatedBytes">What it may inflate to.</param>
    /// <exception cref="CorruptRecordException">This is no batch of format 2, or the compressed bytes are damaged.</exception>
    /// <exception cref="CodecUnavailableException">The codec's library is missing.</exception>
    public static RecordSizes Of(ReadOnlyMemory<byte> batch, int maxInflatedBytes = Compression.DefaultMaxInflatedBytes) =>
        new(RecordBatchHeader.OfWhole(batch.Span), batch[RecordBatchHeader.Size..], maxInflatedBytes);

    /// <summary>Walks the records in order. Only one walk can be had.</summary>
    public RecordSizeEnumerator GetEnumerator() => new(_header, _source);

    /// <inheritdoc/>
    public void Dispose()
    {
        _codec.Dispose();
        _window?.Dispose();
    }
}

/// <summary>Walks sizes.</summary>
public ref struct RecordSizeEnumerator
{
    private readonly RecordBatchHeader _header;
    private RecordSource _source;
    private int _read;

    internal RecordSizeEnumerator(scoped in RecordBatchHeader header, RecordSource source)
    {
        _header = header;
        _source = source;
    }

    /// <summary>The record the walk stands on.</summary>
    public RecordSize Current { get; private set; }

    /// <summary>Steps to the next record.</summary>
    /// <exception cref="CorruptRecordException">A record is malformed, or bytes are left after the last.</exception>
    /// <exception cref="InflatedTooLargeException">The batch inflates beyond the bound.</exception>
    public bool MoveNext()
    {
        if (_read >= _header.RecordsCount)
        {
            _source.RequireEnd();
            return false;
        }
        WalkedRecord walked = WalkedRecord.Read(ref _source);
        _read++;
        Current = new RecordSize(_header.OffsetOf(walked.OffsetDelta), walked.DataBytes);
        return true;
    }
}
