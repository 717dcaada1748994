using System.Diagnostics.Metrics;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry;

/// <summary>How much one registry holds.</summary>
internal sealed class RegistryGauges : IDisposable
{
    private readonly Func<RegistryImage> _image;

    public RegistryGauges(Func<RegistryImage> image)
    {
        _image = image;
        Meter.CreateObservableGauge("gateway.registry.schemas", () => _image().Ids.Count, null, "Ids of schemas, those of deleted versions included.");
        Meter.CreateObservableGauge("gateway.registry.subjects", Subjects, null, "Subjects, and those of which every version is deleted.");
        Meter.CreateObservableGauge("gateway.registry.versions", Versions, null, "Versions of all subjects, and those that are deleted softly.");
    }

    internal Meter Meter { get; } = new("Gateway.SchemaRegistry");

    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<int>> Subjects()
    {
        var image = _image();
        var live = image.Subjects.Values.Count(static versions => versions.Any(static version => !version.Deleted));
        return Both(live, image.Subjects.Count - live);
    }

    private IEnumerable<Measurement<int>> Versions()
    {
        var image = _image();
        var live = image.Subjects.Values.Sum(static versions => versions.Count(static version => !version.Deleted));
        return Both(live, image.Subjects.Values.Sum(static versions => versions.Length) - live);
    }

    private static IEnumerable<Measurement<int>> Both(int live, int deleted) =>
    [
        new(live, new KeyValuePair<string, object?>("deleted", "false")),
        new(deleted, new KeyValuePair<string, object?>("deleted", "true")),
    ];
}
