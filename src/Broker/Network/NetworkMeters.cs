using System.Diagnostics.Metrics;
using Gateway.Protocol;

namespace Gateway.Broker.Network;

/// <summary>What a listener reports under <c>Gateway.Broker</c>. Counters live in the listener's shards and are summed when somebody asks.</summary>
internal sealed class NetworkMeters : IDisposable
{
    private readonly Meter _meter = new("Gateway.Broker");
    private readonly Histogram<double> _duration;
    private readonly Dictionary<ApiKey, KeyValuePair<string, object?>> _tags;

    internal NetworkMeters(IReadOnlyList<ListenerShard> shards, HandlerTable table)
    {
        _tags = table.Entries.ToDictionary(static e => e.ApiKey, static e => new KeyValuePair<string, object?>("api", e.ApiKey.ToString()));
        _duration = _meter.CreateHistogram<double>("gateway.kafka.request.duration", "s", "From the arrival of a request to its answer");
        _meter.CreateObservableUpDownCounter("gateway.kafka.connections", () => shards.Sum(static s => s.ConnectionCount), "{connection}", "Open connections");
        _meter.CreateObservableCounter("gateway.kafka.received", () => shards.Sum(static s => s.BytesReceived), "By", "Bytes of requests");
        _meter.CreateObservableCounter("gateway.kafka.sent", () => shards.Sum(static s => s.BytesSent), "By", "Bytes of answers");
        _meter.CreateObservableCounter(
            "gateway.kafka.requests",
            () => _tags.Select(tag => new Measurement<long>(shards.Sum(shard => shard.RequestCount(tag.Key)), tag.Value)),
            "{request}", "Requests answered");
    }

    internal bool MeasuresDuration => _duration.Enabled;

    public void Dispose() => _meter.Dispose();

    internal void RequestTook(ApiKey api, TimeSpan time)
    {
        if (_tags.TryGetValue(api, out KeyValuePair<string, object?> tag)) _duration.Record(time.TotalSeconds, tag);
    }
}
