using Gateway.Common.Ids;

namespace Gateway.Hosting;

/// <summary>Where the four doors really listen, once they do: port 0 has become a port.</summary>
/// <param name="Kafka">The Kafka door: what clients are told, which is the bound address unless another is advertised.</param>
/// <param name="SchemaRegistry">The schema registry.</param>
/// <param name="HttpProxy">The HTTP proxy.</param>
/// <param name="Admin">The admin door.</param>
public sealed record DoorAddresses(HostAndPort Kafka, HostAndPort SchemaRegistry, HostAndPort HttpProxy, HostAndPort Admin)
{
    /// <summary>The line that tells scripts the node serves, and where.</summary>
    public string ReadyLine => $"READY kafka={Kafka} schema-registry=http://{SchemaRegistry} http-proxy=http://{HttpProxy} admin=http://{Admin}";
}
