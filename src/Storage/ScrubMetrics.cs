using System.Diagnostics.Metrics;

namespace Gateway.Storage;

/// <summary>What scrubbing tells the outside, by the meter <c>Gateway.Storage</c>.</summary>
internal static class ScrubMetrics
{
    private static readonly Meter Meter = new("Gateway.Storage");
    private static readonly Counter<long> Read = Meter.CreateCounter<long>("gateway.scrub.read", "By", "Bytes of stored data that were verified in the background.");
    private static readonly Counter<long> Damage = Meter.CreateCounter<long>("gateway.scrub.damage", null, "Segments in which that found damage.");

    internal static void Verified(long bytes) => Read.Add(bytes);

    internal static void FoundDamage() => Damage.Add(1);
}
