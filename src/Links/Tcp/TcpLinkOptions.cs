namespace Gateway.Links.Tcp;

/// <summary>How a <see cref="TcpLink"/> behaves. Time limits are of this side; what the broker itself may wait is added to them.</summary>
public sealed record TcpLinkOptions
{
    /// <summary>Sent with every request; shows in the broker's log and quotas.</summary>
    public string? ClientId { get; init; } = "gateway";

    /// <summary>Name of this software as ApiVersions tells it to the broker.</summary>
    public string SoftwareName { get; init; } = "gateway";

    /// <summary>Version of this software as ApiVersions tells it to the broker.</summary>
    public string SoftwareVersion { get; init; } = typeof(TcpLinkOptions).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Time to connect and to negotiate versions.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time to wait for an answer beyond what the request lets the broker wait. A silent broker costs the whole link.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests without an answer yet; further callers wait their turn.</summary>
    public int MaxInFlight { get; init; } = 64;

    /// <summary>Largest answer accepted, in bytes; a longer one closes the link before anything is allocated for it.</summary>
    public int MaxResponseBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Clock of the time limits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
