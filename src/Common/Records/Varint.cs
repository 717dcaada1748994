using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gateway.Common.Records;

/// <summary>The zigzag varints inside records: small magnitudes of either sign take one byte.</summary>
public static class Varint
{
    /// <summary>The most bytes a 32-bit value takes.</summary>
    public const int MaxSize32 = 5;

    /// <summary>The most bytes a 64-bit value takes.</summary>
    public const int MaxSize64 = 10;

    /// <summary>How many bytes <paramref name="value"/> takes.</summary>
    public static int SizeOf(long value)
    {
        ulong zigzag = ZigZag(value);
        return (70 - BitOperations.LeadingZeroCount(zigzag | 1)) / 7;
    }

    /// <summary>Writes <paramref name="value"/> at the start of <paramref name="destination"/> and returns the number of bytes.</summary>
    public static int Write(Span<byte> destination, long value)
    {
        ulong zigzag = ZigZag(value);
        int length = 0;
        while (zigzag >= 0x80)
        {
            destination[length++] = (byte)(zigzag | 0x80);
            zigzag >>= 7;
        }

        destination[length++] = (byte)zigzag;
        return length;
    }

    /// <summary>Reads a 32-bit value and moves <paramref name="position"/> past it; false when it is cut off or too long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead32(ReadOnlySpan<byte> source, ref int position, out int value)
    {
        int start = position;
        if ((uint)start < (uint)source.Length && source[start] < 0x80)
        {
            uint small = source[start];
            position = start + 1;
            value = (int)(small >> 1) ^ -(int)(small & 1);
            return true;
        }

        return TryReadLong32(source, ref position, out value);
    }

    private static bool TryReadLong32(ReadOnlySpan<byte> source, ref int position, out int value)
    {
        uint zigzag = 0;
        for (int shift = 0, at = position; shift < 35 && (uint)at < (uint)source.Length; shift += 7)
        {
            byte next = source[at++];
            // The fifth byte has room for four bits of a 32-bit value; more would be a different number than was written.
            if (shift == 28 && next > 0x0F) break;
            zigzag |= (uint)(next & 0x7F) << shift;
            if (next >= 0x80) continue;
            position = at;
            value = (int)(zigzag >> 1) ^ -(int)(zigzag & 1);
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>Reads a 64-bit value and moves <paramref name="position"/> past it; false when it is cut off or too long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead64(ReadOnlySpan<byte> source, ref int position, out long value)
    {
        int start = position;
        if ((uint)start < (uint)source.Length && source[start] < 0x80)
        {
            uint small = source[start];
            position = start + 1;
            value = (int)(small >> 1) ^ -(int)(small & 1);
            return true;
        }

        return TryReadLong64(source, ref position, out value);
    }

    private static bool TryReadLong64(ReadOnlySpan<byte> source, ref int position, out long value)
    {
        ulong zigzag = 0;
        for (int shift = 0, at = position; shift < 70 && (uint)at < (uint)source.Length; shift += 7)
        {
            byte next = source[at++];
            if (shift == 63 && next > 1) break;
            zigzag |= (ulong)(next & 0x7F) << shift;
            if (next >= 0x80) continue;
            position = at;
            value = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
            return true;
        }

        value = 0;
        return false;
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));
}
