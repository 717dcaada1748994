using Gateway.Common.Buffers;
using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Records;

/// <summary>
/// A place in one batch, from which its records are read one by one, with whatever lies between two of them: a compressed batch is inflated once,
/// as far as it is read, and no more of it lies in memory than a record and a window.
/// </summary>
/// <remarks>All memory is granted, what the codec holds included. Not thread-safe.</remarks>
public sealed class RecordCursor : IDisposable
{
    private readonly ReadOnlyMemory<byte> _records;
    private readonly int _maxInflatedBytes;
    private readonly StartedInflater _codec;
    private readonly RecordWindow? _window;
    private readonly IMemoryGrant? _held;
    private SourcePlace _place;
    private int _read;
    private bool _isDisposed;

    private RecordCursor(in RecordBatchHeader header, ReadOnlyMemory<byte> records, int maxInflatedBytes, IMemoryGrants memory)
    {
        (Header, _records, _maxInflatedBytes) = (header, records, maxInflatedBytes);
        if (header.Compression == CompressionType.None) return;
        // A codec that refers back by more than there can be: counted as far as that goes, or such a batch could never be read.
        long held = RecordWindow.Smallest + CodecMemory.Of(header.Compression, records.Span);
        _held = memory.Take(Math.Min(held, memory.Most / 2));
        try
        {
            _codec = new StartedInflater(header.Compression, records);
        }
        catch
        {
            _held.Dispose();
            throw;
        }
        _window = new RecordWindow(memory, RecordWindow.Smallest);
    }

    /// <summary>The batch's header.</summary>
    public RecordBatchHeader Header { get; }

    /// <summary>Whether all records have been read.</summary>
    public bool IsAtEnd => _read >= Header.RecordsCount;

    /// <summary>Bytes of records that have been read, inflated where they are compressed.</summary>
    public long Position => _place.BeforeChunk + _place.Position;

    /// <summary>Opens a whole batch, which must stay where it is until the end.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="memory">Has to grant what is held between two records.</param>
    /// <param name="maxInflatedBytes">What it may inflate to.</param>
    /// <exception cref="CorruptRecordException">This is no batch of format 2, or the compressed bytes are damaged.</exception>
    /// <exception cref="CodecUnavailableException">The codec's library is missing.</exception>
    /// <exception cref="MemoryRefusedException">There is no memory for it.</exception>
    public static RecordCursor Open(ReadOnlyMemory<byte> batch, IMemoryGrants memory, int maxInflatedBytes = Compression.DefaultMaxInflatedBytes)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return new RecordCursor(RecordBatchHeader.OfWhole(batch.Span), batch[RecordBatchHeader.Size..], maxInflatedBytes, memory);
    }

    /// <summary>
    /// Reads the next record, which is there until the one after it is asked for; false when there is none. A record that takes more memory than there
    /// can ever be comes without what it holds (<see cref="RecordView.IsTooLarge"/>).
    /// </summary>
    /// <exception cref="CorruptRecordException">A record is malformed, or bytes are left after the last.</exception>
    /// <exception cref="InflatedTooLargeException">The batch inflates beyond the bound.</exception>
    /// <exception cref="MemoryRefusedException">A record is large, and there is no memory for it now. Only <see cref="Dispose"/> is left.</exception>
    public bool TryRead(out RecordView record)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        RecordSource source = _codec.Inflater is { } inflater ? new RecordSource(inflater, _window!, _maxInflatedBytes) : new RecordSource(_records.Span);
        source.GoOnAt(_place);
        if (IsAtEnd)
        {
            source.RequireEnd();
            record = default;
            return false;
        }
        int length = source.ReadVarint32();
        if (length < 0) throw DoesNotFit();
        try
        {
            record = source.TryTake(length, out ReadOnlySpan<byte> body) ? RecordView.Of(body, Header) : throw DoesNotFit();
        }
        catch (MemoryRefusedException refused) when (refused.IsForGood)
        {
            record = RecordView.OfTooLarge(WalkedRecord.PassLarge(ref source, length), Header);
        }
        _place = source.Place;
        _read++;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _codec.Dispose();
        _window?.Dispose();
        _held?.Dispose();
    }

    private static CorruptRecordException DoesNotFit() => new("A record's length does not fit its batch.");
}
