using Microsoft.AspNetCore.Connections;

namespace Gateway.HttpProxy.Handover;

/// <summary>What has a connection to itself when the last of its requests is over.</summary>
internal interface IConnectionSuccessor
{
    /// <summary>
    /// Goes on where the request ended: its answer's head has been sent, nothing else. Called exactly once after a hand-over, also when the
    /// connection has gone meanwhile. The connection ends with this.
    /// </summary>
    Task RunAsync(ConnectionContext connection);
}
