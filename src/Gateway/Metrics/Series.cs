namespace Gateway.Metrics;

/// <summary>The running state of one series: a number, or a histogram when bounds are given. Any thread may record.</summary>
internal sealed class Series(double[] bounds)
{
    private readonly long[] _buckets = new long[bounds.Length == 0 ? 0 : bounds.Length + 1];
    private double _sum;

    /// <summary>Sum of a histogram, or the value of a counter or gauge.</summary>
    public double Value => Volatile.Read(ref _sum);

    /// <summary>The scrape at which an observable instrument last reported this series.</summary>
    public long SeenAtScrape { get; set; }

    /// <summary>Adds to a counter.</summary>
    public void Add(double amount)
    {
        double seen = Volatile.Read(ref _sum);
        while (true)
        {
            double before = Interlocked.CompareExchange(ref _sum, seen + amount, seen);
            if (before.Equals(seen)) return;
            seen = before;
        }
    }

    /// <summary>Sets a gauge, or a counter that is observed as a total.</summary>
    public void Set(double value) => Volatile.Write(ref _sum, value);

    /// <summary>Counts a value into its bucket.</summary>
    public void Observe(double value)
    {
        int bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        Interlocked.Increment(ref _buckets[bucket]);
        Add(value);
    }

    /// <summary>Counts per bucket, not yet cumulative; the last one has no upper bound.</summary>
    public long[] ReadBuckets()
    {
        var counts = new long[_buckets.Length];
        for (int i = 0; i < counts.Length; i++) counts[i] = Volatile.Read(ref _buckets[i]);
        return counts;
    }
}
