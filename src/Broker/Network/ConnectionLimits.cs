using System.Net;

namespace Gateway.Broker.Network;

/// <summary>What a client may ask of the broker. Names in the remarks are Kafka's settings.</summary>
public sealed record ConnectionLimits
{
    /// <summary>The largest frame (<c>socket.request.max.bytes</c>, CON-1).</summary>
    public int MaxFrameBytes { get; init; } = 100 * 1024 * 1024;

    /// <summary>How long a connection may do nothing (<c>connections.max.idle.ms</c>, CON-5).</summary>
    public TimeSpan MaxIdle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many connections; over it, newcomers wait in the kernel's queue (<c>max.connections</c>, CON-5).</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>How many connections of one address; over it, the new one is closed (<c>max.connections.per.ip</c>, CON-5).</summary>
    public int MaxConnectionsPerIp { get; init; } = int.MaxValue;

    /// <summary>Addresses with a number of their own (<c>max.connections.per.ip.overrides</c>).</summary>
    public IReadOnlyDictionary<IPAddress, int> MaxConnectionsPerIpOverrides { get; init; } = new Dictionary<IPAddress, int>();

    /// <summary>How many requests of one connection may be on their way; the next are not read before.</summary>
    public int MaxInFlightRequests { get; init; } = 128;

    /// <summary>How many bytes of answers may wait for a slow reader before its requests are not read any more.</summary>
    public int MaxQueuedAnswerBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// A frame that holds memory must be complete, or have got on by <see cref="StallProgressBytes"/>, in each such period. While
    /// others wait for memory a fifth of the period (and of the progress) decides. While memory is short, answers that wait for their
    /// client must get on as much in each whole period.
    /// </summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>See <see cref="StallTimeout"/>.</summary>
    public int StallProgressBytes { get; init; } = 64 * 1024;

    /// <summary>How long a request may wait for memory before its connection is closed; by then most clients have given it up themselves.</summary>
    public TimeSpan MaxMemoryWait { get; init; } = TimeSpan.FromSeconds(30);
}
