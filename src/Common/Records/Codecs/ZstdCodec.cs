using System.Runtime.InteropServices;
using Gateway.Common.Errors;

namespace Gateway.Common.Records.Codecs;

/// <summary>Zstandard by libzstd; there is no other.</summary>
internal static unsafe partial class ZstdCodec
{
    private const int DefaultLevel = 3;
    private const int CompressionLevelParameter = 100;
    private static readonly Slots<Deflater> Deflaters = new();

    internal static CodecUnavailableException Unavailable() => new(
        CompressionType.Zstd,
        "Zstandard data needs the library libzstd.so.1, which is not on this machine. The Debian and Ubuntu package libzstd1 brings it.");

    /// <exception cref="CodecUnavailableException">The library is missing.</exception>
    internal static void Require(bool isAvailable)
    {
        if (!isAvailable) throw Unavailable();
    }

    internal static bool IsError(nuint result) => ZSTD_isError(result) != 0;

    internal static void Compress(GrowingBuffer to, int? level, ReadOnlySpan<byte> source)
    {
        Require(NativeCodecs.HasZstd);
        Deflater deflater = Deflaters.TryTake() ?? new Deflater();
        Span<byte> span = to.GetSpan(checked((int)ZSTD_compressBound((nuint)source.Length)));
        fixed (byte* from = source, target = span)
        {
            deflater.SetLevel(level ?? DefaultLevel);
            nuint written = ZSTD_compress2(deflater.Context, target, (nuint)span.Length, from, (nuint)source.Length);
            Invariant.Check(!IsError(written));
            to.Advance((int)written);
        }

        // High levels keep many MiB; those contexts are not worth keeping for the next batch.
        if (ZSTD_sizeof_CCtx(deflater.Context) > ZstdInflater.MaxIdleBytes || !Deflaters.TryPut(deflater)) deflater.Free();
    }

    [LibraryImport(NativeCodecs.Zstd)]
    internal static partial nint ZSTD_createDCtx();

    [LibraryImport(NativeCodecs.Zstd)]
    internal static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(NativeCodecs.Zstd)]
    internal static partial nuint ZSTD_DCtx_reset(nint context, int directive);

    [LibraryImport(NativeCodecs.Zstd)]
    internal static partial nuint ZSTD_DCtx_setParameter(nint context, int parameter, int value);

    [LibraryImport(NativeCodecs.Zstd)]
    internal static partial nuint ZSTD_sizeof_DCtx(nint context);

    [LibraryImport(NativeCodecs.Zstd)]
    internal static partial ulong ZSTD_getFrameContentSize(byte* source, nuint length);

    [LibraryImport(NativeCodecs.Zstd)]
    internal static partial nuint ZSTD_decompressStream(nint context, Buffer* to, Buffer* from);

    [LibraryImport(NativeCodecs.Zstd)]
    private static partial uint ZSTD_isError(nuint result);

    [LibraryImport(NativeCodecs.Zstd)]
    private static partial nint ZSTD_createCCtx();

    [LibraryImport(NativeCodecs.Zstd)]
    private static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(NativeCodecs.Zstd)]
    private static partial nuint ZSTD_sizeof_CCtx(nint context);

    [LibraryImport(NativeCodecs.Zstd)]
    private static partial nuint ZSTD_CCtx_setParameter(nint context, int parameter, int value);

    [LibraryImport(NativeCodecs.Zstd)]
    private static partial nuint ZSTD_compress2(nint context, byte* to, nuint capacity, byte* from, nuint length);

    [LibraryImport(NativeCodecs.Zstd)]
    private static partial nuint ZSTD_compressStream2(nint context, Buffer* to, Buffer* from, int directive);

    [LibraryImport(NativeCodecs.Zstd)]
    private static partial nuint ZSTD_compressBound(nuint length);

    [LibraryImport(NativeCodecs.Zstd)]
    private static partial int ZSTD_minCLevel();

    [LibraryImport(NativeCodecs.Zstd)]
    private static partial int ZSTD_maxCLevel();

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    internal struct Buffer
    {
        internal byte* Start;
        internal nuint Size;
        internal nuint Position;
    }

    /// <summary>A compression context that frees itself.</summary>
    internal sealed class Deflater
    {
        private const int GoOn = 0, EndFrame = 2;

        internal Deflater()
        {
            Context = ZSTD_createCCtx();
            if (Context == 0) throw new OutOfMemoryException();
        }

        ~Deflater() => _ = ZSTD_freeCCtx(Context);

        internal nint Context { get; }

        /// <summary>Starts on frames of that level.</summary>
        internal void SetLevel(int level) => Invariant.Check(
            !IsError(ZSTD_CCtx_setParameter(Context, CompressionLevelParameter, Math.Clamp(level, ZSTD_minCLevel(), ZSTD_maxCLevel()))));

        /// <summary>Takes some of the frame's bytes and gives some of what they come to.</summary>
        /// <returns>False when all is taken and, at the frame's end, all is given.</returns>
        internal bool Step(ref ReadOnlySpan<byte> source, bool isEnd, Span<byte> target, out int given)
        {
            fixed (byte* start = source, to = target)
            {
                var from = new Buffer { Start = start, Size = (nuint)source.Length };
                var into = new Buffer { Start = to, Size = (nuint)target.Length };
                nuint left = ZSTD_compressStream2(Context, &into, &from, isEnd ? EndFrame : GoOn);
                GC.KeepAlive(this);
                Invariant.Check(!IsError(left));
                source = source[(int)from.Position..];
                given = (int)into.Position;
                return isEnd ? left > 0 : !source.IsEmpty;
            }
        }

        internal void Free()
        {
            GC.SuppressFinalize(this);
            _ = ZSTD_freeCCtx(Context);
        }
    }
}

/// <summary>Reads Zstandard frames as a stream, so a frame that does not say its size is no special case.</summary>
internal sealed unsafe class ZstdInflater : Inflater
{
    /// <summary>A context that has grown beyond this (its window may be 128 MiB) is freed after use.</summary>
    internal const int MaxIdleBytes = 8 << 20;

    private const int ResetSession = 1;
    private nint _context;
    private byte* _source;
    private int _length;
    private int _position;
    private bool _isBetweenFrames;

    internal ZstdInflater()
    {
        ZstdCodec.Require(NativeCodecs.HasZstd);
        _context = ZstdCodec.ZSTD_createDCtx();
        if (_context == 0) throw new OutOfMemoryException();
    }

    ~ZstdInflater() => FreeContext();

    internal override long? DeclaredSize
    {
        get
        {
            // The two highest values mean "unknown" and "damaged".
            ulong declared = ZstdCodec.ZSTD_getFrameContentSize(_source, (nuint)_length);
            return declared <= long.MaxValue ? (long)declared : null;
        }
    }

    internal override bool IsWorthKeeping => ZstdCodec.ZSTD_sizeof_DCtx(_context) <= MaxIdleBytes;

    internal override void Start(byte* source, int length)
    {
        if (length == 0) throw new CorruptRecordException("The Zstandard data is empty.");
        _source = source;
        _length = length;
        _position = 0;
        _isBetweenFrames = false;
    }

    internal override int Read(Span<byte> destination)
    {
        fixed (byte* target = destination)
        {
            var to = new ZstdCodec.Buffer { Start = target, Size = (nuint)destination.Length };
            while (true)
            {
                if (_isBetweenFrames && _position == _length) return 0;
                var from = new ZstdCodec.Buffer { Start = _source, Size = (nuint)_length, Position = (nuint)_position };
                nuint result = ZstdCodec.ZSTD_decompressStream(_context, &to, &from);
                GC.KeepAlive(this);
                if (ZstdCodec.IsError(result)) throw new CorruptRecordException("The Zstandard data is damaged.");
                bool hasMoved = (int)from.Position != _position;
                _position = (int)from.Position;
                _isBetweenFrames = result == 0;
                if (to.Position > 0) return (int)to.Position;
                if (!hasMoved && !_isBetweenFrames) throw new CorruptRecordException("The Zstandard data is cut off.");
            }
        }
    }

    internal override void Stop()
    {
        _ = ZstdCodec.ZSTD_DCtx_reset(_context, ResetSession);
        _source = null;
        _length = 0;
    }

    internal override void Free()
    {
        FreeContext();
        GC.SuppressFinalize(this);
    }

    private void FreeContext()
    {
        if (_context != 0) _ = ZstdCodec.ZSTD_freeDCtx(_context);
        _context = 0;
    }
}
