using Microsoft.AspNetCore.Connections;

namespace Gateway.HttpProxy.Handover;

/// <summary>
/// Lets an answer outlive its request: the request ends when its answer has begun, the web server lets go of all it holds for a request, and what
/// is left of the answer has the connection to itself (docs/decisions/0023).
/// </summary>
public static class ConnectionHandover
{
    /// <summary>Makes it possible on the connections of a door. Without it answers stay within their requests.</summary>
    public static void Use(IConnectionBuilder connections) => connections.Use(static next => connection => RunAsync(next, connection));

    private static async Task RunAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        HandoverTransport transport = HandoverTransport.Install(connection);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        catch (Exception) when (transport.IsHandedOver)
        {
            // Whoever has the connection now finds out in what state it is.
        }
        if (transport.TakeBack() is { } successor) await successor.RunAsync(connection).ConfigureAwait(false);
    }
}
