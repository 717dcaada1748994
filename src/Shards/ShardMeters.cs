using System.Diagnostics.Metrics;

namespace Gateway.Shards;

/// <summary>What the shards of one host report under <c>Gateway.Shards</c>: read from their own counters when somebody asks.</summary>
internal sealed class ShardMeters : IDisposable
{
    private readonly Meter _meter = new("Gateway.Shards");

    internal ShardMeters(Shard[] shards)
    {
        _meter.CreateObservableCounter("gateway.shard.turns", () => Read(shards, static s => s.TurnCount), "{turn}", "Pieces of work run");
        _meter.CreateObservableCounter(
            "gateway.shard.turns.slow", () => Read(shards, static s => s.SlowTurnCount), "{turn}", "Pieces of work that took longer than the limit");
        _meter.CreateObservableCounter("gateway.shard.busy", () => Read(shards, static s => s.BusyTime.TotalSeconds), "s", "Time spent working");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<T>> Read<T>(Shard[] shards, Func<Shard, T> figure) where T : struct =>
        shards.Select(shard => new Measurement<T>(figure(shard), new KeyValuePair<string, object?>("shard", shard.Index)));
}
