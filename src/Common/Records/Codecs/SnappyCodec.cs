using System.Buffers.Binary;
using Gateway.Common.Buffers;

namespace Gateway.Common.Records.Codecs;

/// <summary>Snappy in the xerial framing, which the Java client writes and every client reads.</summary>
internal static class SnappyCodec
{
    internal const int ChunkSize = 32 * 1024;

    /// <summary>Magic, version 1, lowest compatible version 1.</summary>
    internal static ReadOnlySpan<byte> FrameHeader =>
        [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1];

    internal static ReadOnlySpan<byte> Magic => FrameHeader[..8];

    internal static void Compress(GrowingBuffer to, ReadOnlySpan<byte> source)
    {
        to.Write(FrameHeader);
        var table = new SnappyBlock.MatchTable();
        while (!source.IsEmpty)
        {
            ReadOnlySpan<byte> chunk = source[..Math.Min(ChunkSize, source.Length)];
            source = source[chunk.Length..];
            Span<byte> span = to.GetSpan(sizeof(int) + SnappyBlock.MaxCompressedSize(chunk.Length));
            int written = SnappyBlock.Compress(chunk, span[sizeof(int)..], ref table);
            BinaryPrimitives.WriteInt32BigEndian(span, written);
            to.Advance(sizeof(int) + written);
        }
    }
}

/// <summary>
/// Reads the xerial framing, and bare blocks as some clients send them. One chunk is inflated at a time, into memory that is as large as the largest so
/// far: readers count no more than that (<see cref="CodecMemory"/>).
/// </summary>
internal sealed unsafe class SnappyInflater : Inflater
{
    private byte* _source;
    private int _length;
    private int _position;
    private bool _isFramed;
    private bool _hasBareBlock;
    private RecordsLease? _room;
    private int _size;
    private int _served;

    /// <summary>How many bytes it holds for chunks.</summary>
    internal int Held => _room?.Length ?? 0;

    internal override void Start(byte* source, int length)
    {
        _source = source;
        _length = length;
        var all = new ReadOnlySpan<byte>(source, length);
        _isFramed = all.StartsWith(SnappyCodec.Magic);
        if (_isFramed && length < SnappyCodec.FrameHeader.Length) throw new CorruptRecordException("The snappy framing is cut off.");
        _position = _isFramed ? SnappyCodec.FrameHeader.Length : 0;
        _hasBareBlock = !_isFramed;
        (_size, _served) = (0, 0);
    }

    internal override int Read(Span<byte> destination)
    {
        while (_served == _size)
        {
            if (!TryInflateNext()) return 0;
        }

        int count = Math.Min(destination.Length, _size - _served);
        _room!.Span.Slice(_served, count).CopyTo(destination);
        _served += count;
        return count;
    }

    internal override void Stop()
    {
        DropRoom();
        _source = null;
        _length = 0;
    }

    private bool TryInflateNext()
    {
        ReadOnlySpan<byte> rest = new ReadOnlySpan<byte>(_source, _length)[_position..];
        ReadOnlySpan<byte> block;
        if (_isFramed)
        {
            if (rest.IsEmpty) return false;
            // Xerial streams written to one after the other repeat the header in the middle.
            if (rest.StartsWith(SnappyCodec.Magic) && rest.Length >= SnappyCodec.FrameHeader.Length)
            {
                _position += SnappyCodec.FrameHeader.Length;
                return true;
            }

            if (rest.Length < sizeof(int)) throw new CorruptRecordException("A snappy chunk's length is cut off.");
            int length = BinaryPrimitives.ReadInt32BigEndian(rest);
            if (length <= 0 || length > rest.Length - sizeof(int))
                throw new CorruptRecordException("A snappy chunk's length does not fit.");
            block = rest.Slice(sizeof(int), length);
            _position += sizeof(int) + length;
        }
        else
        {
            if (!_hasBareBlock) return false;
            _hasBareBlock = false;
            block = rest;
            _position = _length;
        }

        int size = SnappyBlock.ReadInflatedSize(block, out int headerBytes);
        SnappyBlock.Decompress(block[headerBytes..], RoomFor(size));
        (_size, _served) = (size, 0);
        return true;
    }

    private Span<byte> RoomFor(int size)
    {
        // What is too small goes before something larger comes.
        if (_room is null || size > _room.Length)
        {
            DropRoom();
            _room = RecordsLease.RentUnmanaged(Math.Max(size, SnappyCodec.ChunkSize));
        }
        return _room.WritableMemory.Span[..size];
    }

    private void DropRoom()
    {
        _room?.Dispose();
        _room = null;
    }
}
