using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>
/// Writes Protobuf's wire format. A message's length stands in front of it and is known behind it: the contents are collected with gaps
/// where lengths belong, and all of them are put in while the whole is copied out, so every byte is copied once however deep it lies.
/// </summary>
internal struct WireWriter
{
    /// <summary>Arrays cannot be much bigger; Kafka's records are far smaller.</summary>
    private const long MostBytes = 1 << 30;

    private byte[]? _bytes;
    private PooledStack<Gap> _gaps;
    private int _lengthBytes;

    /// <summary>Bytes collected so far, lengths not counted.</summary>
    public int Count { get; private set; }

    public readonly ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Count);

    public void WriteVarint(ulong value)
    {
        var span = Room(10);
        var length = 0;
        for (; value > 0x7f; value >>= 7) span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        Count += length;
    }

    public void WriteFixed32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);
        Count += 4;
    }

    public void WriteFixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);
        Count += 8;
    }

    /// <summary>A length and the bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteVarint((ulong)bytes.Length);
        bytes.CopyTo(Room(bytes.Length));
        Count += bytes.Length;
    }

    /// <summary>That many bytes at least, to be filled and then <see cref="Advance">counted</see>.</summary>
    public Span<byte> Room(int size)
    {
        if (_bytes is null || _bytes.Length - Count < size) Grow(size);
        return _bytes.AsSpan(Count);
    }

    public void Advance(int count) => Count += count;

    /// <summary>Leaves room for the length of what comes next.</summary>
    public int Open()
    {
        _gaps.Push(new Gap { At = Count, LengthBytesBefore = _lengthBytes });
        return _gaps.Count - 1;
    }

    /// <summary>Everything written since then is what the length counts.</summary>
    public void Close(int opened)
    {
        ref var gap = ref _gaps[opened];
        gap.Length = Count - gap.At + (_lengthBytes - gap.LengthBytesBefore);
        _lengthBytes += SizeOf((uint)gap.Length);
    }

    /// <summary>Takes back a gap that nothing was written behind, and what was written in front of it down to that count.</summary>
    public bool TryDrop(int opened, int count)
    {
        if (_gaps[opened].At != Count || _gaps.Count != opened + 1) return false;
        _gaps.CutTo(opened);
        Count = count;
        return true;
    }

    public readonly void CopyTo(IBufferWriter<byte> output)
    {
        var copied = 0;
        for (var i = 0; i < _gaps.Count; i++)
        {
            var gap = _gaps[i];
            output.Write(Bytes[copied..gap.At]);
            copied = gap.At;
            var span = output.GetSpan(5);
            var (length, value) = (0, (uint)gap.Length);
            for (; value > 0x7f; value >>= 7) span[length++] = (byte)(value | 0x80);
            span[length++] = (byte)value;
            output.Advance(length);
        }
        output.Write(Bytes[copied..]);
    }

    public void Return()
    {
        if (_bytes is not null) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = null;
        _gaps.Return();
    }

    private void Grow(int size)
    {
        var needed = (long)Count + size;
        if (needed > MostBytes) throw new SchemaBudgetException($"the data is longer than {MostBytes} bytes, which is the limit");
        var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, Math.Max(256, Count * 2L)), MostBytes));
        Bytes.CopyTo(grown);
        if (_bytes is not null) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = grown;
    }

    private static int SizeOf(uint length) => length switch
    {
        < 1 << 7 => 1,
        < 1 << 14 => 2,
        < 1 << 21 => 3,
        < 1 << 28 => 4,
        _ => 5,
    };

    [StructLayout(LayoutKind.Auto)]
    private struct Gap
    {
        public int At;
        public int Length;
        public int LengthBytesBefore;
    }
}
