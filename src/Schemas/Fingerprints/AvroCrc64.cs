namespace Gateway.Schemas.Fingerprints;

/// <summary>CRC-64-AVRO, the fingerprint the Avro specification recommends for parsing canonical forms.</summary>
public static class AvroCrc64
{
    /// <summary>Fingerprint of no bytes.</summary>
    public const ulong Empty = 0xC15D213AA4D7A795;

    private static readonly ulong[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    /// <summary>The fingerprint of the bytes.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var crc = Empty;
        foreach (var value in bytes) crc = (crc >> 8) ^ Table[(byte)(crc ^ value)];
        return crc;
    }

    private static ulong Entry(int index)
    {
        var entry = (ulong)index;
        for (var bit = 0; bit < 8; bit++) entry = (entry >> 1) ^ (Empty & (0 - (entry & 1)));
        return entry;
    }
}
