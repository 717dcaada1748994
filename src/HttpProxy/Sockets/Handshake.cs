using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Gateway.HttpProxy.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.HttpProxy.Sockets;

/// <summary>
/// The opening handshake of a WebSocket (RFC 6455, 4.2). Ours, because the framework's needs its SHA-1, which comes from libssl and ends the
/// process where there is none.
/// </summary>
internal static class Handshake
{
    private const int UpgradeRequired = 426;
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The key of a request that asks for a WebSocket.</summary>
    /// <exception cref="ProblemException">It does not (426), its key is none (400), or a page of another origin asks (403).</exception>
    internal static string Check(HttpContext context)
    {
        HttpRequest request = context.Request;
        bool isAsked = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && string.Equals(request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase)
            && request.Headers.SecWebSocketVersion == "13";
        if (!isAsked)
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketVersion = "13";
            throw new ProblemException(UpgradeRequired, "This path takes WebSockets of version 13, over HTTP/1.1.");
        }
        // Browsers ask nobody before they open one, so that any page could read what only this machine may.
        if (Origins.IsForeign(context))
            throw new ProblemException(Problem.NotAuthorized, $"Pages of {request.Headers.Origin} may not open WebSockets here.");
        string key = request.Headers.SecWebSocketKey.ToString();
        Span<byte> nonce = stackalloc byte[18];
        if (key.Length != 24 || !Convert.TryFromBase64String(key, nonce, out int length) || length != 16)
            throw new ProblemException(Problem.BadRequest, "Sec-WebSocket-Key must be 16 bytes in base64.");
        return key;
    }

    /// <summary>Answers the handshake; the stream is the connection from then on.</summary>
    internal static async ValueTask<Stream> AcceptAsync(HttpContext context, string key)
    {
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = AcceptOf(key);
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync().ConfigureAwait(false);
    }

    /// <summary>What proves that the server understood (RFC 6455, 4.2.2).</summary>
    internal static string AcceptOf(string key) => Convert.ToBase64String(Sha1(Encoding.ASCII.GetBytes(key + Magic)));

    /// <summary>FIPS 180-4, 6.1. Nothing here is secret: it only shows that both ends speak WebSocket.</summary>
    private static byte[] Sha1(ReadOnlySpan<byte> message)
    {
        byte[] padded = new byte[(message.Length + 8) / 64 * 64 + 64];
        message.CopyTo(padded);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(padded.AsSpan(padded.Length - 8), message.Length * 8L);
        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        Span<uint> words = stackalloc uint[80];
        for (int block = 0; block < padded.Length; block += 64)
        {
            for (int i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan(block + (i * 4)));
            for (int i = 16; i < 80; i++) words[i] = BitOperations.RotateLeft(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
            (uint a, uint b, uint c, uint d, uint e) = (state[0], state[1], state[2], state[3], state[4]);
            for (int i = 0; i < 80; i++)
            {
                (uint f, uint k) = (i / 20) switch
                {
                    0 => ((b & c) | (~b & d), 0x5A827999u),
                    1 => (b ^ c ^ d, 0x6ED9EBA1u),
                    2 => ((b & c) | (b & d) | (c & d), 0x8F1BBCDCu),
                    _ => (b ^ c ^ d, 0xCA62C1D6u),
                };
                uint next = unchecked(BitOperations.RotateLeft(a, 5) + f + e + k + words[i]);
                (a, b, c, d, e) = (next, a, BitOperations.RotateLeft(b, 30), c, d);
            }
            unchecked
            {
                state[0] += a;
                state[1] += b;
                state[2] += c;
                state[3] += d;
                state[4] += e;
            }
        }
        byte[] digest = new byte[20];
        for (int i = 0; i < 5; i++) BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(i * 4), state[i]);
        return digest;
    }
}
