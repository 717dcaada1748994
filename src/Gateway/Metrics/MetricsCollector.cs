using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Gateway.Metrics;

/// <summary>Listens to the instruments of the rooms (meters named <c>Gateway.…</c>) and prints them as Prometheus text.</summary>
public sealed class MetricsCollector : IDisposable
{
    private const string MeterPrefix = "Gateway.";
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentState> _instruments = new();
    private readonly Lock _scraping = new();
    private long _scrapes;

    /// <summary>Starts listening. Instruments that exist already are picked up too.</summary>
    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, publisher) =>
        {
            if (!instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal)) return;
            InstrumentState state = _instruments.GetOrAdd(instrument, static i => new InstrumentState(i));
            publisher.EnableMeasurementEvents(instrument, state);
        };
        _listener.MeasurementsCompleted = (instrument, state) => _instruments.TryRemove(instrument, out InstrumentState? _);
        _listener.SetMeasurementEventCallback<long>(static (_, value, labels, state) => Record(value, labels, state));
        _listener.SetMeasurementEventCallback<int>(static (_, value, labels, state) => Record(value, labels, state));
        _listener.SetMeasurementEventCallback<double>(static (_, value, labels, state) => Record(value, labels, state));
        _listener.SetMeasurementEventCallback<float>(static (_, value, labels, state) => Record(value, labels, state));
        _listener.SetMeasurementEventCallback<short>(static (_, value, labels, state) => Record(value, labels, state));
        _listener.SetMeasurementEventCallback<byte>(static (_, value, labels, state) => Record(value, labels, state));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, labels, state) => Record((double)value, labels, state));
        _listener.Start();
    }

    /// <summary>All metrics in Prometheus text format 0.0.4.</summary>
    public string Scrape()
    {
        lock (_scraping)
        {
            _scrapes++;
            foreach (InstrumentState state in _instruments.Values) state.Scrape = _scrapes;
            _listener.RecordObservableInstruments();
            var text = new StringBuilder(16 * 1024);
            PrometheusText.Write(text, _instruments.Values);
            return text.ToString();
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _listener.Dispose();

    private static void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels, object? state) =>
        ((InstrumentState)state!).Record(value, labels);
}
