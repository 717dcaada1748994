using System.Text.Json.Serialization;
using Gateway.Bench.Load;

namespace Gateway.PerformanceGate;

/// <summary>One kind of request: how the node is loaded with it, and what stands for this machine's speed.</summary>
/// <param name="Name">Its name in the baseline.</param>
/// <param name="Load">A connection that loads the node, with one request in flight.</param>
/// <param name="Reference">The server that stores nothing.</param>
/// <param name="LoadReference">A connection that loads the reference.</param>
internal sealed record Scenario(string Name, Func<Lane> Load, ServerProcess Reference, Func<Lane> LoadReference);

/// <summary>What a request costs.</summary>
/// <param name="Cpu">The node's processor time for one, over the reference's in the same pair.</param>
/// <param name="Allocated">Bytes the node allocates for one.</param>
internal sealed record Cost(double Cpu, double Allocated)
{
    /// <summary>How much worse than the baseline is a failure.</summary>
    public const double Tolerance = 1.25;

    // What timers, metrics and the runtime itself allocate meanwhile, spread over the requests of a round.
    private const double AllocationNoise = 48;

    /// <summary>How much a request may allocate when this is the baseline.</summary>
    [JsonIgnore]
    public double MostAllocated => Allocated * Tolerance + AllocationNoise;

    /// <summary>What is worse than <paramref name="baseline"/> allows, in words; empty when nothing is.</summary>
    public IEnumerable<string> WorseThan(Cost baseline)
    {
        if (Cpu > baseline.Cpu * Tolerance) yield return FormattableString.Invariant($"processor time {Cpu:f2} × the reference's, at most {baseline.Cpu * Tolerance:f2} (baseline {baseline.Cpu:f2})");
        if (Allocated > baseline.MostAllocated) yield return FormattableString.Invariant($"{Allocated:f0} bytes allocated, at most {baseline.MostAllocated:f0} (baseline {baseline.Allocated:f0})");
    }
}
