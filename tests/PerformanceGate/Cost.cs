using System.Text.Json.Serialization;

namespace Gateway.PerformanceGate;

/// <summary>What a request costs.</summary>
/// <param name="Cpu">The node's processor time for one, over the reference's in the same run.</param>
/// <param name="Allocated">Bytes the node allocates for one.</param>
internal sealed record Cost(double Cpu, double Allocated)
{
    // A quarter dearer is to fail for certain. Both sides of the ratio were seen to be off by 6 % at most, so the bound lies below the quarter.
    private const double CpuTolerance = 1.2, AllocationTolerance = 1.25;

    // Up to here nobody needs a closer look; below, either the code became better or the reference was never measured undisturbed.
    private const double Clear = 1.08, Doubtful = 0.85;

    // What the runtime itself allocates meanwhile. Less than the smallest object, 24 bytes: one more object a request is always a failure.
    private const double AllocationNoise = 16;

    /// <summary>How much processor time a request may take when this is the baseline.</summary>
    [JsonIgnore]
    public double MostCpu => Cpu * CpuTolerance;

    /// <summary>How many bytes a request may allocate when this is the baseline.</summary>
    [JsonIgnore]
    public double MostAllocated => (Allocated * AllocationTolerance) + AllocationNoise;

    /// <summary>Whether <paramref name="cpu"/> is so near to this baseline that measuring longer would change nothing.</summary>
    public bool IsClear(double cpu) => cpu > Cpu * Doubtful && cpu < Cpu * Clear;

    /// <summary>What is worse than <paramref name="baseline"/> allows, in words; empty when nothing is.</summary>
    public IEnumerable<string> WorseThan(Cost baseline)
    {
        if (Cpu > baseline.MostCpu)
        {
            double more = (Cpu / baseline.Cpu) - 1;
            yield return FormattableString.Invariant(
                $"processor time {more:+0 %} ({Cpu:f2} × the reference's, baseline {baseline.Cpu:f2}, at most {baseline.MostCpu:f2})");
        }
        if (Allocated > baseline.MostAllocated)
        {
            double more = Allocated - baseline.Allocated;
            yield return FormattableString.Invariant(
                $"allocated {more:+0} bytes ({Allocated:f0}, baseline {baseline.Allocated:f0}, at most {baseline.MostAllocated:f0})");
        }
    }
}
