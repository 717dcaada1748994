using System.Numerics;
using System.Runtime.InteropServices;

namespace Gateway.Common.Records;

/// <summary>CRC-32C (Castagnoli), with the processor's instruction where it has one.</summary>
/// <remarks>
/// The instruction takes three cycles, but a new one begins every cycle: three stretches of the bytes are taken at once, and their checksums put together.
/// </remarks>
public static class Crc32C
{
    private const int StretchWords = 32;
    private const int Together = 3;

    // By each byte of a checksum: what it becomes behind a stretch of zeros.
    private static readonly uint[] s_pastStretch = PastStretch();

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="crc"/> covers followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint state = ~crc;
        if (BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
            bytes = bytes[(words.Length * sizeof(ulong))..];
            for (; words.Length >= Together * StretchWords; words = words[(Together * StretchWords)..]) state = AppendStretches(state, words);
            foreach (ulong word in words) state = BitOperations.Crc32C(state, word);
        }

        foreach (byte value in bytes) state = BitOperations.Crc32C(state, value);
        return ~state;
    }

    private static uint AppendStretches(uint first, ReadOnlySpan<ulong> words)
    {
        ReadOnlySpan<ulong> a = words[..StretchWords], b = words.Slice(StretchWords, StretchWords), c = words.Slice(2 * StretchWords, StretchWords);
        uint second = 0, third = 0;
        for (int i = 0; i < StretchWords; i++)
        {
            first = BitOperations.Crc32C(first, a[i]);
            second = BitOperations.Crc32C(second, b[i]);
            third = BitOperations.Crc32C(third, c[i]);
        }

        return Past(Past(first) ^ second) ^ third;
    }

    private static uint Past(uint state)
    {
        ReadOnlySpan<uint> past = s_pastStretch;
        return past[(byte)state] ^ past[256 + (byte)(state >> 8)] ^ past[512 + (byte)(state >> 16)] ^ past[768 + (int)(state >> 24)];
    }

    /// <summary>A checksum is linear: that of a sum of bits is the sum of theirs.</summary>
    private static uint[] PastStretch()
    {
        uint[] past = new uint[4 * 256];
        for (int bit = 0; bit < 32; bit++)
        {
            uint state = 1u << bit;
            for (int word = 0; word < StretchWords; word++) state = BitOperations.Crc32C(state, 0UL);
            int at = bit / 8 * 256, value = 1 << (bit % 8);
            for (int lower = 0; lower < value; lower++) past[at + value + lower] = past[at + lower] ^ state;
        }

        return past;
    }
}
