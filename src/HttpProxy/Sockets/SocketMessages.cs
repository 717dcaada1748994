using System.Buffers;
using System.Net.WebSockets;
using Gateway.Common.Bodies;

namespace Gateway.HttpProxy.Sockets;

/// <summary>What came on a socket: a whole message, or why the socket ends, or neither when the client has closed it.</summary>
internal readonly record struct SocketMessage(ReadOnlyMemory<byte>? Text, (WebSocketCloseStatus Status, string Reason)? Refusal);

/// <summary>A message that outlives the one after it. Once disposed, its memory is others'.</summary>
internal readonly struct KeptMessage(ReadOnlyMemory<byte> text, byte[] pooled, int reserved, RequestBodies bodies) : IDisposable
{
    internal ReadOnlyMemory<byte> Text { get; } = text;

    public void Dispose()
    {
        if (reserved == 0) return;
        ArrayPool<byte>.Shared.Return(pooled);
        bodies.Return(reserved);
    }
}

/// <summary>
/// The messages of a client, each whole. Large ones are bodies like those of requests: they count to the memory there is for all of them, and
/// have to get on.
/// </summary>
internal sealed class SocketMessages(WebSocket socket, RequestBodies bodies, ProxyOptions options) : IDisposable
{
    // RFC 6455 has no name for it, IANA has: try again later.
    internal const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    // A credit or a commit; sockets at rest hold no more.
    private const int SmallBytes = 256;

    private readonly byte[] _small = new byte[SmallBytes];
    private byte[] _large = [];
    private int _reserved;

    public void Dispose() => Shrink();

    /// <summary>The next message, valid until the one after it is asked for.</summary>
    internal async ValueTask<SocketMessage> NextAsync(CancellationToken cancel)
    {
        Shrink();
        int length = 0;
        int due = RequestBodies.SmallBody;
        CancellationTokenSource? patience = null;
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part =
                    await socket.ReceiveAsync((_reserved > 0 ? _large.AsMemory(0, _reserved) : _small)[length..], patience?.Token ?? cancel).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close) return default;
                if (part.MessageType != WebSocketMessageType.Text) return new SocketMessage(null, (WebSocketCloseStatus.InvalidMessageType, "Send text"));
                length += part.Count;
                if (part.EndOfMessage) return new SocketMessage((_reserved > 0 ? _large : _small).AsMemory(0, length), null);
                if (length >= options.MaxRequestBytes)
                    return new SocketMessage(null, (WebSocketCloseStatus.MessageTooBig, $"A message has at most {options.MaxRequestBytes} bytes"));
                if (length == Math.Max(_reserved, SmallBytes)) Grow(length);
                if (patience is null || length >= due)
                {
                    // A message that was begun has to come: what it holds is taken from others.
                    patience ??= CancellationTokenSource.CreateLinkedTokenSource(cancel);
                    patience.CancelAfter(options.BodyStallTimeout);
                    due = length + RequestBodies.SmallBody;
                }
            }
        }
        catch (BodyRefusedException refused)
        {
            return new SocketMessage(null, (TryAgainLater, refused.Message));
        }
        finally
        {
            patience?.Dispose();
        }
    }

    /// <summary>The message that came last, for as long as its holder wants it. Dispose it.</summary>
    internal KeptMessage Keep(ReadOnlyMemory<byte> text)
    {
        if (_reserved == 0) return new KeptMessage(text.ToArray(), [], 0, bodies);
        (byte[] bytes, int reserved) = (_large, _reserved);
        (_large, _reserved) = ([], 0);
        return new KeptMessage(text, bytes, reserved, bodies);
    }

    private void Grow(int length)
    {
        int capacity = (int)Math.Min(Math.Max(4096, 2L * length), options.MaxRequestBytes);
        bodies.Take(capacity - _reserved, capacity);
        byte[] larger = ArrayPool<byte>.Shared.Rent(capacity);
        (_reserved > 0 ? _large : _small).AsSpan(0, length).CopyTo(larger);
        if (_reserved > 0) ArrayPool<byte>.Shared.Return(_large);
        (_large, _reserved) = (larger, capacity);
    }

    private void Shrink()
    {
        if (_reserved == 0) return;
        ArrayPool<byte>.Shared.Return(_large);
        bodies.Return(_reserved);
        (_large, _reserved) = ([], 0);
    }
}
