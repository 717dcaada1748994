using System.Diagnostics.Metrics;

namespace Gateway.SchemaRegistry;

/// <summary>What the registry counts.</summary>
internal static class RegistryMetrics
{
    private static readonly Meter Meter = new("Gateway.SchemaRegistry");
    private static readonly Counter<long> Passed =
        Meter.CreateCounter<long>("gateway.registry.records.passed_over", null, "Records of the topic that could not be applied.");

    public static void PassedOver() => Passed.Add(1);
}
