using Gateway.Bench.Measuring;

namespace Gateway.Bench.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_within_a_hundredth_of_the_sorted_values()
    {
        var random = new Random(7);
        var histogram = new LatencyHistogram();
        long[] values = [.. Enumerable.Range(0, 100_000).Select(_ => (long)Math.Exp(random.NextDouble() * 23))];
        foreach (long value in values) histogram.Record(value);
        Array.Sort(values);
        foreach (double percent in (double[])[1, 25, 50, 90, 99, 99.9, 100])
        {
            long exact = values[(int)Math.Ceiling(percent / 100 * values.Length) - 1];
            Assert.InRange(histogram.Percentile(percent), exact, exact + exact / 100 + 1);
        }
        Assert.Equal(values[^1], histogram.Max);
        Assert.Equal(values[^1], histogram.Percentile(100));
        Assert.Equal(100_000, histogram.Count);
    }

    [Fact]
    public void Small_values_are_exact_and_impossible_ones_are_cut()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(0, histogram.Percentile(50));
        histogram.Record(-5);
        Assert.Equal(0, histogram.Max);
        histogram.Record(127);
        Assert.Equal(127, histogram.Percentile(100));
        histogram.Record(long.MaxValue);
        Assert.Equal((1L << 41) - 1, histogram.Percentile(100));
    }

    [Fact]
    public void Added_histograms_are_one()
    {
        var first = new LatencyHistogram();
        var second = new LatencyHistogram();
        for (int i = 1; i <= 100; i++) (i % 2 == 0 ? first : second).Record(i);
        first.Add(second);
        Assert.Equal(100, first.Count);
        Assert.Equal(50, first.Percentile(50));
        Assert.Equal(100, first.Max);
    }
}
