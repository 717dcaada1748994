using System.Net.WebSockets;
using System.Text.Json;
using Gateway.HttpProxy.Streams;

namespace Gateway.HttpProxy.Sockets;

/// <summary>What a client says on its WebSocket: <c>{"credit": n}</c>, again and again, until it closes.</summary>
internal sealed class SocketInput(WebSocket socket, SocketOutput output, StreamSignal signal)
{
    // A credit has some twenty characters.
    private const int MostBytes = 256;
    private const long MostCredit = 1_000_000;

    /// <summary>Why the socket is to be closed, if the client brought it about.</summary>
    internal (WebSocketCloseStatus Status, string Reason)? Refusal { get; private set; }

    /// <summary>Listens until the client closes, breaks the rules, or is gone; the stream is stopped then.</summary>
    internal async Task ListenAsync(CancellationToken cancel)
    {
        try
        {
            Refusal = await ReceiveAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Gone without a word; whoever sends finds out as well.
        }
        finally
        {
            signal.Raise(StreamEvents.Stop);
        }
    }

    private async ValueTask<(WebSocketCloseStatus, string)?> ReceiveAsync(CancellationToken cancel)
    {
        byte[] bytes = new byte[MostBytes];
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(bytes.AsMemory(length), cancel).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            if (part.MessageType != WebSocketMessageType.Text)
                return (WebSocketCloseStatus.InvalidMessageType, "Send text: {\"credit\": n}");
            length += part.Count;
            if (part.EndOfMessage)
            {
                if (CreditOf(bytes.AsSpan(0, length)) is not { } credit)
                    return (WebSocketCloseStatus.InvalidPayloadData, $"Send {{\"credit\": n}} with n from 1 to {MostCredit}");
                output.Grant(credit);
                length = 0;
            }
            else if (length == bytes.Length)
            {
                return (WebSocketCloseStatus.MessageTooBig, $"A message has at most {MostBytes} bytes");
            }
        }
    }

    private static long? CreditOf(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text);
        try
        {
            bool isCredit = json.Read() && json.TokenType == JsonTokenType.StartObject
                && json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("credit"u8)
                && json.Read() && json.TokenType == JsonTokenType.Number;
            if (!isCredit || !json.TryGetInt64(out long credit) || credit is < 1 or > MostCredit) return null;
            return json.Read() && json.TokenType == JsonTokenType.EndObject && !json.Read() ? credit : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
