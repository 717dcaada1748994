using System.Runtime.InteropServices;

namespace Gateway.Common.Records.Codecs;

/// <summary>The frame functions of liblz4.</summary>
internal static unsafe partial class Lz4Native
{
    internal const uint ApiVersion = 100;

    internal static bool IsAvailable => NativeCodecs.HasLz4;

    internal static bool IsError(nuint result) => LZ4F_isError(result) != 0;

    [LibraryImport(NativeCodecs.Lz4)]
    internal static partial nuint LZ4F_compressFrameBound(nuint sourceSize, Preferences* preferences);

    [LibraryImport(NativeCodecs.Lz4)]
    internal static partial nuint LZ4F_compressFrame(byte* to, nuint capacity, byte* from, nuint length, Preferences* preferences);

    [LibraryImport(NativeCodecs.Lz4)]
    internal static partial nuint LZ4F_createDecompressionContext(nint* context, uint version);

    [LibraryImport(NativeCodecs.Lz4)]
    internal static partial nuint LZ4F_freeDecompressionContext(nint context);

    [LibraryImport(NativeCodecs.Lz4)]
    internal static partial void LZ4F_resetDecompressionContext(nint context);

    [LibraryImport(NativeCodecs.Lz4)]
    internal static partial nuint LZ4F_decompress(nint context, byte* to, nuint* toLength, byte* from, nuint* fromLength, void* options);

    [LibraryImport(NativeCodecs.Lz4)]
    private static partial uint LZ4F_isError(nuint result);

    /// <summary>LZ4F_preferences_t.</summary>
    internal struct Preferences
    {
        internal uint BlockSizeId;
        internal uint BlockMode;
        internal uint ContentChecksum;
        internal uint FrameType;
        internal ulong ContentSize;
        internal uint DictionaryId;
        internal uint BlockChecksum;
        internal int CompressionLevel;
        internal uint AutoFlush;
        internal uint FavorDecompressionSpeed;
        internal uint Reserved0;
        internal uint Reserved1;
        internal uint Reserved2;
    }
}

/// <summary>Reads LZ4 frames with liblz4.</summary>
internal sealed unsafe class Lz4NativeInflater : Inflater
{
    private nint _context;
    private byte* _source;
    private int _length;
    private int _position;
    private bool _hasEnded;

    internal Lz4NativeInflater()
    {
        nint context;
        if (Lz4Native.IsError(Lz4Native.LZ4F_createDecompressionContext(&context, Lz4Native.ApiVersion))) throw new OutOfMemoryException();
        _context = context;
    }

    ~Lz4NativeInflater() => FreeContext();

    internal override long? DeclaredSize => Lz4Frame.ReadHeader(new ReadOnlySpan<byte>(_source, _length)).ContentSize;

    // liblz4 before 1.10 keeps what is left of a declared size over a reset, and calls the next frame damaged that declares none: a context that was
    // left in the middle of a frame would refuse good ones.
    internal override bool IsWorthKeeping => _hasEnded;

    internal override void Start(byte* source, int length)
    {
        // What our own reader refuses (dictionaries, skippable frames) is refused here too: one behaviour, with the library or without.
        _ = Lz4Frame.ReadHeader(new ReadOnlySpan<byte>(source, length));
        _source = source;
        _length = length;
        _position = 0;
        _hasEnded = false;
    }

    internal override int Read(Span<byte> destination)
    {
        fixed (byte* to = destination)
        {
            while (!_hasEnded)
            {
                nuint produced = (nuint)destination.Length;
                nuint consumed = (nuint)(_length - _position);
                nuint result = Lz4Native.LZ4F_decompress(_context, to, &produced, _source + _position, &consumed, null);
                GC.KeepAlive(this);
                if (Lz4Native.IsError(result)) throw Lz4Frame.Damaged();
                _position += (int)consumed;
                _hasEnded = result == 0;
                if (produced > 0) return (int)produced;
                if (consumed == 0 && !_hasEnded) throw Lz4Frame.CutOff();
            }
        }

        if (_position != _length) throw Lz4Frame.BytesAfterTheEnd();
        return 0;
    }

    internal override void Stop()
    {
        Lz4Native.LZ4F_resetDecompressionContext(_context);
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
        if (_context != 0) _ = Lz4Native.LZ4F_freeDecompressionContext(_context);
        _context = 0;
    }
}
