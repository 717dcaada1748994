using System.Numerics;
using System.Runtime.InteropServices;

namespace Gateway.Common.Records;

/// <summary>CRC-32C (Castagnoli), with the processor's instruction where it has one.</summary>
public static class Crc32C
{
    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="crc"/> covers followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint state = ~crc;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        if (BitConverter.IsLittleEndian)
        {
            foreach (ulong word in words) state = BitOperations.Crc32C(state, word);
            bytes = bytes[(words.Length * sizeof(ulong))..];
        }

        foreach (byte value in bytes) state = BitOperations.Crc32C(state, value);
        return ~state;
    }
}
