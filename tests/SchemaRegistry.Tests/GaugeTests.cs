using System.Diagnostics.Metrics;

namespace Gateway.SchemaRegistry.Tests;

/// <summary>What a registry says of how much it holds.</summary>
public class GaugeTests
{
    [Fact]
    public async Task Schemas_subjects_and_versions_are_counted_and_deleted_ones_apart()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("a", "\"int\"");
        await server.RegisterAsync("a", "\"long\"");
        await server.RegisterAsync("b", "\"int\"");
        await server.DeleteAsync("/subjects/a/versions/1");
        await server.DeleteAsync("/subjects/b");
        var measured = new Dictionary<string, int>();
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
            measured[instrument.Name + (tags.Length > 0 ? $" {tags[0].Value}" : "")] = value);
        var gauges = new RegistryGauges(() => server.Service.Image);
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Gateway.SchemaRegistry" && instrument is ObservableGauge<int> && ReferenceEquals(instrument.Meter, gauges.Meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.Start();
        listener.RecordObservableInstruments();
        gauges.Dispose();
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["gateway.registry.schemas"] = 2,
                ["gateway.registry.subjects false"] = 1,
                ["gateway.registry.subjects true"] = 1,
                ["gateway.registry.versions false"] = 1,
                ["gateway.registry.versions true"] = 2,
            },
            measured);
    }
}
