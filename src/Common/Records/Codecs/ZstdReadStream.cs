using System.Buffers;

namespace Gateway.Common.Records.Codecs;

/// <summary>Reads Zstandard frames off another stream as they come: what a frame was flushed with is there at once.</summary>
internal sealed class ZstdReadStream : ReadOnlyStream
{
    private const int PieceBytes = 16 * 1024;
    private const int WindowLogMax = 100;

    private readonly Stream _from;
    private readonly byte[] _piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
    private nint _context;
    private int _start;
    private int _end;
    private bool _hasMore;
    private bool _isBetweenFrames = true;

    /// <exception cref="CodecUnavailableException">The library is missing.</exception>
    internal ZstdReadStream(Stream from, int maxWindowLog)
    {
        ZstdCodec.Require(NativeCodecs.HasZstd);
        _from = from;
        _context = ZstdCodec.ZSTD_createDCtx();
        if (_context == 0) throw new OutOfMemoryException();
        _ = ZstdCodec.ZSTD_DCtx_setParameter(_context, WindowLogMax, maxWindowLog);
    }

    ~ZstdReadStream() => Dispose(disposing: false);

    /// <exception cref="CorruptRecordException">The bytes are no Zstandard, are cut off, or ask for a larger window than there is.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if ((_hasMore || _start < _end) && Inflate(buffer.Span) is var given and > 0) return given;
            if (_start < _end) continue;
            (_start, _end) = (0, await _from.ReadAsync(_piece.AsMemory(0, PieceBytes), cancellationToken).ConfigureAwait(false));
            if (_end > 0) continue;
            return _isBetweenFrames ? 0 : throw new CorruptRecordException("The Zstandard data is cut off.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (_context != 0)
        {
            _ = ZstdCodec.ZSTD_freeDCtx(_context);
            _context = 0;
            if (disposing)
            {
                ArrayPool<byte>.Shared.Return(_piece);
                _from.Dispose();
            }
        }
        base.Dispose(disposing);
    }

    private unsafe int Inflate(Span<byte> to)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* source = _piece, target = to)
        {
            var from = new ZstdCodec.Buffer { Start = source, Size = (nuint)_end, Position = (nuint)_start };
            var into = new ZstdCodec.Buffer { Start = target, Size = (nuint)to.Length };
            nuint result = ZstdCodec.ZSTD_decompressStream(_context, &into, &from);
            GC.KeepAlive(this);
            if (ZstdCodec.IsError(result)) throw new CorruptRecordException("The Zstandard data is damaged, or needs a larger window than there is.");
            _start = (int)from.Position;
            _isBetweenFrames = result == 0;
            _hasMore = into.Position == into.Size && !_isBetweenFrames;
            return (int)into.Position;
        }
    }
}
