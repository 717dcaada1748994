using System.Buffers;

namespace Gateway.Common.Records.Codecs;

/// <summary>Writes one Zstandard frame, piece by piece, for what is too large to be held twice.</summary>
internal sealed class ZstdStream : Stream
{
    private const int PieceBytes = 64 * 1024;

    private readonly Stream _to;
    private ZstdCodec.Deflater? _deflater;

    /// <exception cref="CodecUnavailableException">The library is missing.</exception>
    internal ZstdStream(Stream to, int level)
    {
        ZstdCodec.Require(NativeCodecs.HasZstd);
        _to = to;
        _deflater = new ZstdCodec.Deflater();
        _deflater.SetLevel(level);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => _deflater is not null;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer) => Deflate(buffer, isEnd: false);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // The frame goes on: what the codec keeps back would cost it its window.
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _deflater is { } deflater)
        {
            Deflate([], isEnd: true);
            _deflater = null;
            deflater.Free();
        }
        base.Dispose(disposing);
    }

    private void Deflate(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        ObjectDisposedException.ThrowIf(_deflater is null, this);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            bool isMore = true;
            while (isMore)
            {
                isMore = _deflater.Step(ref bytes, isEnd, piece, out int given);
                _to.Write(piece, 0, given);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
