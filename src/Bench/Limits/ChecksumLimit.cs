using Gateway.Common.Records;

namespace Gateway.Bench.Limits;

/// <summary>How fast a core checks what producers send.</summary>
internal static class ChecksumLimit
{
    private const int Bytes = 64 << 10;

    /// <summary>Checksums of data that fits the second-level cache.</summary>
    public static Limit Measure(TimeSpan time)
    {
        byte[] bytes = new byte[Bytes];
        uint sum = 0;
        Limit limit = Limit.Of("CRC32C, 64 KiB", Bytes, time, () => sum ^= Crc32C.Compute(bytes)) with { Latency = null };
        GC.KeepAlive(sum);
        return limit;
    }
}
