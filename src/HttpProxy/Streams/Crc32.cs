namespace Gateway.HttpProxy.Streams;

/// <summary>The checksum of gzip (RFC 1952, 8), which the framework has only within its own compressor.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xedb8_8320;

    private static readonly uint[] s_ofByte = [.. Enumerable.Range(0, 256).Select(static value => OfByte((uint)value))];

    /// <summary>The checksum of what <paramref name="crc"/> covers followed by <paramref name="bytes"/>; of nothing it is 0.</summary>
    internal static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint state = ~crc;
        foreach (byte value in bytes) state = s_ofByte[(byte)(state ^ value)] ^ (state >> 8);
        return ~state;
    }

    private static uint OfByte(uint value)
    {
        for (int bit = 0; bit < 8; bit++) value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
        return value;
    }
}
