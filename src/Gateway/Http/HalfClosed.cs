using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Gateway.Http;

/// <summary>
/// Connections whose client sends nothing more (TCP's half-close): what it has asked for is answered for a while yet. The web server takes the end of what
/// comes for the end of the connection and cuts off the request under way, though nobody can tell from it whether the client has gone.
/// </summary>
internal static class HalfClosed
{
    // A request that takes longer waits for records, and after this mostly for nobody.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    /// <summary>Lets the requests of a door's connections go on for so long.</summary>
    internal static void Use(IConnectionBuilder connections) => connections.Use(static next => connection => RunAsync(next, connection));

    private static async Task RunAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        CancellationToken ended = connection.ConnectionClosed;
        // A server that stops gives its requests time, and cuts off what is left then.
        CancellationToken stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var closed = new CancellationTokenSource();
        using CancellationTokenRegistration end = ended.UnsafeRegister(static state => CloseLater(state!), (closed, stopping));
        connection.ConnectionClosed = closed.Token;
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            // Whoever has the connection from now on sees its end at once.
            connection.ConnectionClosed = ended;
        }
    }

    private static void CloseLater(object state)
    {
        var (closed, stopping) = ((CancellationTokenSource, CancellationToken))state;
        closed.CancelAfter(stopping.IsCancellationRequested ? TimeSpan.Zero : s_grace);
    }
}
