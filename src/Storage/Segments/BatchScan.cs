using System.Buffers;
using Gateway.Common.Records;
using Gateway.Storage.Files;

namespace Gateway.Storage.Segments;

/// <summary>
/// Where the batches of a range have to lie. Their checksums do not cover their offsets, so a rotten offset shows only by its neighbours.
/// </summary>
/// <param name="Next">The first batch starts here, or behind.</param>
/// <param name="End">The last one ends before.</param>
/// <param name="IsGapless">Each starts where the one before it ends.</param>
internal readonly record struct BatchOrder(long Next, long End, bool IsGapless)
{
    /// <summary>Anywhere.</summary>
    internal static readonly BatchOrder Any = new(0, long.MaxValue, IsGapless: false);

    /// <summary>True when the next batch may lie there.</summary>
    internal bool Allows(in RecordBatchHeader header) =>
        (IsGapless ? header.BaseOffset == Next : header.BaseOffset >= Next) && header.LastOffset < End;
}

/// <summary>Walks the batches of a file range in order, checking each one. Waits for the disk.</summary>
/// <remarks>Reads in large pieces into one pooled buffer, which grows to the largest batch met and never beyond the range.</remarks>
internal sealed class BatchScan : IDisposable
{
    private const int ChunkSize = 256 * 1024;
    private const int AheadBytes = 2 << 20;

    private readonly IFile _file;
    private readonly long _end;
    private readonly bool _headersOnly;
    private byte[] _buffer;
    private long _bufferStart;
    private int _buffered;
    private long _fetchedTo;

    /// <summary>Starts at a batch boundary.</summary>
    /// <param name="file">The segment.</param>
    /// <param name="start">The boundary.</param>
    /// <param name="end">Where the range ends.</param>
    /// <param name="headersOnly">Skip bodies and their checksums.</param>
    internal BatchScan(IFile file, long start, long end, bool headersOnly = false)
    {
        _file = file;
        _end = end;
        _headersOnly = headersOnly;
        Position = NextPosition = start;
        _bufferStart = start;
        _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(end - start, RecordBatchHeader.Size, ChunkSize));
    }

    /// <summary>Where the current batch starts.</summary>
    internal long Position { get; private set; }

    /// <summary>Where the next one would: after <see cref="MoveNext"/> said false, where the good bytes end.</summary>
    internal long NextPosition { get; private set; }

    /// <summary>Where the next batch has to lie. Set it to have offsets checked.</summary>
    internal BatchOrder Order { get; set; } = BatchOrder.Any;

    /// <summary>
    /// What it brings into the page cache it takes out again, and it fetches nothing ahead: for work that reads more than readers would like to
    /// lose there.
    /// </summary>
    internal bool LeavesCacheAlone { get; init; }

    /// <summary>The current batch's header.</summary>
    internal RecordBatchHeader Header { get; private set; }

    /// <summary>All bytes of the current batch; empty when only headers are read.</summary>
    internal ReadOnlySpan<byte> Bytes => _headersOnly ? [] : _buffer.AsSpan((int)(Position - _bufferStart), (int)Header.SizeInBytes);

    /// <summary>
    /// True when the walk ended with the range, or where the offsets that belong there end: behind them may lie what a refused append left.
    /// False when it met something that is no whole, correct batch.
    /// </summary>
    internal bool EndedWell => NextPosition == _end || Order.Next == Order.End;

    /// <summary>Steps to the next whole batch with a right checksum; false at the end of the range or in front of anything else.</summary>
    internal bool MoveNext()
    {
        long start = NextPosition;
        if (!Fill(start, RecordBatchHeader.Size)) return false;
        int at = (int)(start - _bufferStart);
        _ = RecordBatchHeader.TryRead(_buffer.AsSpan(at, _buffered - at), out RecordBatchHeader header);
        if (!IsPlausible(header) || start + header.SizeInBytes > _end || !Order.Allows(header)) return false;
        if (!_headersOnly)
        {
            if (!Fill(start, (int)header.SizeInBytes)) return false;
            at = (int)(start - _bufferStart);
            if (!RecordBatchBytes.HasValidCrc(_buffer.AsSpan(at, (int)header.SizeInBytes))) return false;
        }

        if (Order != BatchOrder.Any) Order = Order with { Next = header.LastOffset + 1 };
        Header = header;
        Position = start;
        NextPosition = start + header.SizeInBytes;
        return true;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>What every stored batch satisfies, whatever its checksum says.</summary>
    internal static bool IsPlausible(in RecordBatchHeader header) =>
        header.Magic == RecordBatchHeader.CurrentMagic && header.SizeInBytes >= RecordBatchHeader.Size && header.LastOffsetDelta >= 0
        && header.BaseOffset >= 0;

    private int ReadPast(long start, Span<byte> buffer)
    {
        int resident = Math.Max(0, _file.TryReadResident(start, buffer));
        if (resident == buffer.Length) return resident;
        int read = resident + _file.Read(start + resident, buffer[resident..]);
        _file.Forget(start + resident, read - resident);
        return read;
    }

    private void FetchAhead(long position)
    {
        if (_headersOnly || position + (AheadBytes / 2) < _fetchedTo) return;
        _fetchedTo = Math.Min(_end, position + AheadBytes);
        if (_fetchedTo > position) _file.StartReading(position, _fetchedTo - position);
    }

    private bool Fill(long start, int length)
    {
        if (start + length > _end) return false;
        if (start + length <= _bufferStart + _buffered) return true;
        if (length > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(length);
        }

        // A walk over headers of large batches reads only the headers.
        int wanted = _headersOnly ? Math.Max(length, 4096) : _buffer.Length;
        wanted = (int)Math.Min(Math.Min(wanted, _buffer.Length), _end - start);
        _bufferStart = start;
        if (LeavesCacheAlone) _buffered = ReadPast(start, _buffer.AsSpan(0, wanted));
        else
        {
            FetchAhead(start + wanted);
            _buffered = _file.Read(start, _buffer.AsSpan(0, wanted));
        }

        return _buffered >= length;
    }
}
