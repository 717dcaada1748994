using System.Globalization;
using Gateway.Bench.Load;

namespace Gateway.Bench.Http;

/// <summary>What serialisers do all day: GETs a schema by its id.</summary>
internal sealed class RegistryWork : IHttpWork
{
    private readonly ReadOnlyMemory<byte>[] _requests;
    private readonly Random _random;

    /// <summary>Makes the requests for these ids.</summary>
    public RegistryWork(Uri server, IReadOnlyList<int> ids, int lane)
    {
        _random = new Random(lane);
        _requests = [.. ids.Select(id => (ReadOnlyMemory<byte>)HttpLane.Request(
            "GET", server, string.Create(CultureInfo.InvariantCulture, $"/schemas/ids/{id}"), null, "application/vnd.schemaregistry.v1+json", null))];
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Next(long number) => _requests[_random.Next(_requests.Length)];

    /// <inheritdoc/>
    public LaneAnswer Judge(ReadOnlySpan<byte> body) => new(1, body.Length);
}
