using System.Numerics;

namespace Gateway.Bench.Measuring;

/// <summary>
/// Latencies in nanoseconds, kept to within 0.8 %: buckets are 128 to a power of two, so memory stays the same however long a run is.
/// One thread writes; others read once it has ended.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 7, SubBuckets = 1 << SubBits, MaxBits = 41;
    private const long Largest = (1L << MaxBits) - 1;
    private readonly long[] _counts = new long[(MaxBits - SubBits + 1) * SubBuckets];

    /// <summary>How many were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The greatest, exact up to 36 minutes, where values are cut.</summary>
    public long Max { get; private set; }

    /// <summary>How many of them are lower bounds: no answer came, so that only the least they can have been is known.</summary>
    public long AtLeast { get; private set; }

    /// <summary>Adds one. What is negative, because clocks were read on two cores, counts as 0.</summary>
    public void Record(long nanoseconds)
    {
        long value = Math.Clamp(nanoseconds, 0, Largest);
        _counts[IndexOf(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    /// <summary>Adds one that would have become greater.</summary>
    public void RecordAtLeast(long nanoseconds)
    {
        Record(nanoseconds);
        AtLeast++;
    }

    /// <summary>Adds all of another's.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        AtLeast += other.AtLeast;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The value that <paramref name="percent"/> of all do not exceed; 0 when there are none.</summary>
    public long Percentile(double percent)
    {
        if (Count == 0) return 0;
        long rank = Math.Clamp((long)Math.Ceiling(percent / 100 * Count), 1, Count);
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank) return Math.Min(HighestOf(i), Max);
        }
        return Max;
    }

    private static int IndexOf(long value)
    {
        if (value < SubBuckets) return (int)value;
        int shift = 63 - BitOperations.LeadingZeroCount((ulong)value) - SubBits;
        return ((shift + 1) << SubBits) + (int)(value >> shift) - SubBuckets;
    }

    private static long HighestOf(int index)
    {
        if (index < SubBuckets) return index;
        int shift = (index >> SubBits) - 1;
        return ((long)(SubBuckets + (index & (SubBuckets - 1)) + 1) << shift) - 1;
    }
}
