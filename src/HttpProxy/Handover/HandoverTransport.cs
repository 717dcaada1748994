using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.HttpProxy.Handover;

/// <summary>
/// Stands in the place of a connection's transport as long as HTTP is spoken on it. When an answer is handed over, the web server's end of the
/// connection is not passed on, and nothing here refers to the web server any more.
/// </summary>
internal sealed class HandoverTransport : IDuplexPipe, IConnectionHeartbeatFeature
{
    // What a client sends on when it was told of the end is read and thrown away so long (http-proxy §4.3).
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionContext _connection;
    private readonly IDuplexPipe _own;
    private readonly IConnectionHeartbeatFeature? _heartbeat;
    private Beat? _beat;
    private IConnectionSuccessor? _successor;

    private HandoverTransport(ConnectionContext connection)
    {
        (_connection, _own, _heartbeat) = (connection, connection.Transport, connection.Features.Get<IConnectionHeartbeatFeature>());
        (Input, Output) = (new LentReader(_own.Input, this), new LentWriter(_own.Output, this));
    }

    public PipeReader Input { get; private set; }

    public PipeWriter Output { get; private set; }

    /// <summary>Whether an answer goes on when HTTP has ended.</summary>
    internal bool IsHandedOver => _successor is not null;

    /// <summary>Puts one in the place of the connection's transport.</summary>
    internal static HandoverTransport Install(ConnectionContext connection)
    {
        var transport = new HandoverTransport(connection);
        connection.Transport = transport;
        if (transport._heartbeat is { } heartbeat)
        {
            // What is registered with a connection's heartbeat stays for as long as the connection: it would keep the web server's part alive.
            connection.Features.Set<IConnectionHeartbeatFeature>(transport);
            heartbeat.OnHeartbeat(static self => ((HandoverTransport)self).Tick(), transport);
        }
        return transport;
    }

    /// <summary>Where the answer to a request can be handed over; null where it has to stay within the request.</summary>
    internal static HandoverTransport? Of(HttpContext context)
    {
        // Over HTTP/2 the connection is shared, and HTTP/1.0 has no chunks. A body is the web server's to read to its end.
        if (!HttpProtocol.IsHttp11(context.Request.Protocol) || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true) return null;
        return context.Features.Get<IConnectionTransportFeature>()?.Transport as HandoverTransport;
    }

    /// <summary>
    /// Ends the connection soon after this answer, in an orderly way; it has to be the last. The web server would read what is left of the request's
    /// body first, and wait for it.
    /// </summary>
    internal static void CloseBehind(HttpContext context)
    {
        if (!context.Response.HasStarted) context.Response.Headers.Connection = "close";
        if (HttpProtocol.IsHttp2(context.Request.Protocol)) return;
        if (context.Features.Get<IConnectionTransportFeature>()?.Transport is not HandoverTransport transport) return;
        context.Response.OnCompleted(() =>
        {
            _ = CloseAsync();
            return Task.CompletedTask;
        });

        async Task CloseAsync()
        {
            await Task.Delay(s_grace, TimeProvider.System).ConfigureAwait(false);
            // The transport sends what is left, and closes.
            await transport._own.Output.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Sends the head of an answer, which goes on in chunks when its request is over. The request has to end then, without another byte.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client has gone: nothing was handed over.</exception>
    internal async ValueTask HandOverAsync(HttpContext context, IConnectionSuccessor successor)
    {
        // The web server believes that it has been sent everything, and takes no other request.
        context.Response.Headers.Connection = "close";
        context.Response.Headers.TransferEncoding = "chunked";
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        context.RequestAborted.ThrowIfCancellationRequested();
        _successor = successor;
    }

    /// <summary>Gives the connection its transport back; what goes on there, or null.</summary>
    internal IConnectionSuccessor? TakeBack()
    {
        if (_successor is not { } successor) return null;
        _connection.Transport = _own;
        (_beat, Input, Output) = (null, _own.Input, _own.Output);
        _successor = null;
        return successor;
    }

    void IConnectionHeartbeatFeature.OnHeartbeat(Action<object> action, object state)
    {
        if (_beat is null) _beat = new Beat(action, state);
        else _heartbeat!.OnHeartbeat(action, state);
    }

    private void Tick()
    {
        if (_beat is { } beat) beat.Action(beat.State);
    }

    private sealed record Beat(Action<object> Action, object State);
}
