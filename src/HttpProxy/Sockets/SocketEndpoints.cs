using System.Net.WebSockets;
using Gateway.Client.Topology;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Streams;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Sockets;

/// <summary>A stream of records over a WebSocket, as fast as its client gives credit, with commits and produces on the way back (http-proxy §9.0, §9.1).</summary>
internal static class SocketEndpoints
{
    // For the other end to say that it has heard of the close.
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(2);

    internal static async ValueTask OfTopicAsync(ProxyCall call)
    {
        HttpContext context = call.Context;
        string key = Handshake.Check(context);
        StreamQuery query = StreamQuery.Read(call);
        var signal = new StreamSignal();
        // Pings of the protocol's own are the heartbeat.
        OpenStream place = call.Service.Streams.Enter(signal, ClientAddress.Of(context), TimeSpan.Zero, query.LagInterval);
        try
        {
            TopicView topic = await StreamEndpoints.FindTopicAsync(call).ConfigureAwait(false);
            await using StreamMembership? member = await StreamMembership.JoinAsync(call, topic, query, signal).ConfigureAwait(false);
            StreamPosition[] positions = member is null ? await StreamStart.FindAsync(call, topic, query).ConfigureAwait(false) : [];
            Stream connection = await Handshake.AcceptAsync(context, key).ConfigureAwait(false);
            var options = new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = query.Heartbeat };
            using WebSocket socket = WebSocket.CreateFromStream(connection, options);
            var output = new SocketOutput(socket, signal);
            var stream = new RecordStream(call, topic, positions, query, PacedOutput.Of(output, query, call.Service, signal), place, member);
            await RunAsync(call, socket, new SocketInput(call, socket, output, signal, query, member), stream).ConfigureAwait(false);
        }
        finally
        {
            call.Service.Streams.Leave(place);
        }
    }

    private static async ValueTask RunAsync(ProxyCall call, WebSocket socket, SocketInput input, RecordStream stream)
    {
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel);
        Task heard = input.ListenAsync(listening.Token);
        try
        {
            await stream.RunAsync().ConfigureAwait(false);
            bool isDone = stream.IsOver || socket.State == WebSocketState.CloseReceived;
            (WebSocketCloseStatus status, string reason) = input.Refusal
                ?? (isDone ? (WebSocketCloseStatus.NormalClosure, "") : (WebSocketCloseStatus.EndpointUnavailable, "Come back with your cursor"));
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, reason, call.Cancel).ConfigureAwait(false);
            listening.CancelAfter(s_farewell);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client is gone: there is nobody to tell.
            await listening.CancelAsync().ConfigureAwait(false);
        }
        await heard.ConfigureAwait(false);
    }
}
