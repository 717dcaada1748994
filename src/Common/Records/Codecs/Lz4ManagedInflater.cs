using System.Buffers.Binary;
using Gateway.Common.Buffers;

namespace Gateway.Common.Records.Codecs;

/// <summary>Reads LZ4 frames without liblz4, one block at a time: independent and linked blocks, all checksums checked.</summary>
internal sealed unsafe class Lz4ManagedInflater : Inflater
{
    private const int HistorySize = 64 * 1024;

    private byte* _source;
    private int _length;
    private int _position;
    private Lz4Frame _frame;
    private RecordsLease? _window; // history in front, the current block behind it
    private int _served;
    private int _end;
    private bool _hasEnded;
    private long _total;
    private XxHash32 _contentHash;

    internal override long? DeclaredSize => _frame.ContentSize;

    private ReadOnlySpan<byte> Rest => new ReadOnlySpan<byte>(_source, _length)[_position..];

    internal override void Start(byte* source, int length)
    {
        _frame = Lz4Frame.ReadHeader(new ReadOnlySpan<byte>(source, length));
        _source = source;
        _length = length;
        _position = _frame.Size;
        _served = 0;
        _end = 0;
        _hasEnded = false;
        _total = 0;
        _contentHash = new XxHash32();
        _window = RecordsLease.RentUnmanaged(HistorySize + _frame.MaxBlockSize);
    }

    internal override int Read(Span<byte> destination)
    {
        while (_served == _end)
        {
            if (_hasEnded) return 0;
            InflateNextBlock();
        }

        int count = Math.Min(destination.Length, _end - _served);
        _window!.Span.Slice(_served, count).CopyTo(destination);
        _served += count;
        return count;
    }

    internal override void Stop()
    {
        _window?.Dispose();
        _window = null;
        _source = null;
        _length = 0;
    }

    private void InflateNextBlock()
    {
        uint field = ReadUInt32();
        if (field == 0)
        {
            FinishFrame();
            return;
        }

        int size = (int)(field & ~Lz4Frame.StoredBlockBit);
        if (size > _frame.MaxBlockSize) throw Lz4Frame.Damaged();
        if (size > Rest.Length) throw Lz4Frame.CutOff();
        ReadOnlySpan<byte> block = Rest[..size];
        _position += size;
        if (_frame.HasBlockChecksums && ReadUInt32() != XxHash32.Compute(block)) throw Lz4Frame.Damaged();

        Span<byte> window = _window!.WritableMemory.Span;
        int start = KeepHistory(window);
        Span<byte> target = window[..(start + _frame.MaxBlockSize)];
        if ((field & Lz4Frame.StoredBlockBit) != 0)
        {
            block.CopyTo(target[start..]);
            _end = start + size;
        }
        else
        {
            _end = Lz4Block.Decompress(block, target, start);
        }

        _served = start;
        _total += _end - start;
        if (_frame.HasContentChecksum) _contentHash.Append(target[start.._end]);
    }

    /// <summary>Moves what the next block may refer to in front of it; independent blocks may refer to nothing.</summary>
    private int KeepHistory(Span<byte> window)
    {
        if (!_frame.HasLinkedBlocks) return 0;
        int keep = Math.Min(HistorySize, _end);
        window[(_end - keep).._end].CopyTo(window);
        return keep;
    }

    private void FinishFrame()
    {
        if (_frame.HasContentChecksum && ReadUInt32() != _contentHash.Finish()) throw Lz4Frame.Damaged();
        if (_frame.ContentSize is long declared && declared != _total) throw Lz4Frame.Damaged();
        if (_position != _length) throw Lz4Frame.BytesAfterTheEnd();
        _hasEnded = true;
    }

    private uint ReadUInt32()
    {
        if (Rest.Length < sizeof(uint)) throw Lz4Frame.CutOff();
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(Rest);
        _position += sizeof(uint);
        return value;
    }
}
