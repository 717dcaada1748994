using System.Buffers.Binary;
using System.Numerics;

namespace Gateway.Common.Records.Codecs;

/// <summary>xxHash32 with seed 0, the checksum of LZ4 frames, over bytes that come in pieces.</summary>
internal struct XxHash32
{
    private const uint Prime1 = 2654435761;
    private const uint Prime2 = 2246822519;
    private const uint Prime3 = 3266489917;
    private const uint Prime4 = 668265263;
    private const uint Prime5 = 374761393;
    private const int StripeSize = 16;

    private uint _lane1;
    private uint _lane2;
    private uint _lane3;
    private uint _lane4;
    private ulong _total;
    private UInt128 _pending; // the bytes of an unfinished stripe, first byte lowest

    public XxHash32()
    {
        _lane1 = unchecked(Prime1 + Prime2);
        _lane2 = Prime2;
        _lane3 = 0;
        _lane4 = unchecked(0 - Prime1);
    }

    internal static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var hash = new XxHash32();
        hash.Append(bytes);
        return hash.Finish();
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        int pending = (int)(_total % StripeSize);
        _total += (ulong)bytes.Length;
        Span<byte> stripe = stackalloc byte[StripeSize];
        while (pending != 0 && !bytes.IsEmpty)
        {
            _pending |= (UInt128)bytes[0] << (8 * pending);
            bytes = bytes[1..];
            pending = (pending + 1) % StripeSize;
            if (pending != 0) continue;
            BinaryPrimitives.WriteUInt128LittleEndian(stripe, _pending);
            Mix(stripe);
            _pending = 0;
        }

        for (; bytes.Length >= StripeSize; bytes = bytes[StripeSize..]) Mix(bytes);
        for (int i = 0; i < bytes.Length; i++) _pending |= (UInt128)bytes[i] << (8 * i);
    }

    internal readonly uint Finish()
    {
        uint hash = _total >= StripeSize
            ? BitOperations.RotateLeft(_lane1, 1) + BitOperations.RotateLeft(_lane2, 7)
                + BitOperations.RotateLeft(_lane3, 12) + BitOperations.RotateLeft(_lane4, 18)
            : Prime5;
        hash += (uint)_total;

        Span<byte> rest = stackalloc byte[StripeSize];
        BinaryPrimitives.WriteUInt128LittleEndian(rest, _pending);
        rest = rest[..(int)(_total % StripeSize)];
        for (; rest.Length >= sizeof(uint); rest = rest[sizeof(uint)..])
            hash = BitOperations.RotateLeft(hash + (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime3), 17) * Prime4;
        foreach (byte value in rest) hash = BitOperations.RotateLeft(hash + (value * Prime5), 11) * Prime1;

        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }

    private static uint Round(uint lane, uint value) => BitOperations.RotateLeft(lane + (value * Prime2), 13) * Prime1;

    private void Mix(ReadOnlySpan<byte> stripe)
    {
        _lane1 = Round(_lane1, BinaryPrimitives.ReadUInt32LittleEndian(stripe));
        _lane2 = Round(_lane2, BinaryPrimitives.ReadUInt32LittleEndian(stripe[4..]));
        _lane3 = Round(_lane3, BinaryPrimitives.ReadUInt32LittleEndian(stripe[8..]));
        _lane4 = Round(_lane4, BinaryPrimitives.ReadUInt32LittleEndian(stripe[12..]));
    }
}
