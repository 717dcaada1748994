using System.Net.WebSockets;
using System.Text;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>A WebSocket as a page or a script uses it: a message is said, a message is heard.</summary>
internal static class SocketCalls
{
    /// <summary>Far above what any test waits for; without it a fault would hang the run.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<ClientWebSocket> OpenSocketAsync(this HttpClient http, string path, string? origin = null)
    {
        var socket = new ClientWebSocket();
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{http.BaseAddress!.Authority}{path}"), CancellationToken.None).WaitAsync(Patience);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static Task SayAsync(this ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public static async Task<string> HearAsync(this ClientWebSocket socket)
    {
        byte[] buffer = new byte[4096];
        WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((WebSocketMessageType.Text, true), (part.MessageType, part.EndOfMessage));
        return Encoding.UTF8.GetString(buffer, 0, part.Count);
    }

    public static async Task<string> AskAsync(this ClientWebSocket socket, string text)
    {
        await socket.SayAsync(text);
        return await socket.HearAsync();
    }
}
