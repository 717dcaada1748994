using System.Buffers.Binary;
using System.Text;
using Gateway.Client.Producing;
using Gateway.HttpProxy.Http;
using Gateway.Schemas.Fingerprints;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gateway.HttpProxy.Produce;

/// <summary>The header <c>Idempotency-Key</c> (http-proxy §9.4), and what a request with it is known by.</summary>
internal static class IdempotencyKey
{
    internal const string Header = "Idempotency-Key";
    internal const string ReplayedHeader = "Idempotency-Replayed";
    private const int MaxLength = 255;

    // How long to wait and for whom decides nothing of what is written.
    private static readonly string[] s_waits = ["acks", "timeout"];
    private static readonly string[] s_writtenHeaders = ["X-Kafka-Header-", "ce-"];

    /// <summary>The key of a request; null when it has none. The draft's quotes around it may be there.</summary>
    /// <exception cref="ProblemException">It is none: 400.</exception>
    internal static string? Of(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Header, out StringValues values)) return null;
        string key = values.Count == 1 ? HeaderText.Of(Header, values.ToString()).Trim() : "";
        if (key.Length >= 2 && key[0] == '"' && key[^1] == '"') key = key[1..^1];
        return Checked(key, $"The header {Header} must be there once, with");
    }

    /// <summary>The key, if it can be one.</summary>
    /// <exception cref="ProblemException">It cannot: 400.</exception>
    internal static string Checked(string key, string rule) =>
        key.Length is > 0 and <= MaxLength ? key : throw new ProblemException(Problem.BadRequest, $"{rule} 1 to {MaxLength} characters.");

    /// <summary>Hashes of the key, and of all that decides what the request writes: path, query, type, headers that go into records, body.</summary>
    internal static RequestKey Hash(string key, HttpRequest request, ReadOnlySpan<byte> body)
    {
        var text = new StringBuilder();
        string path = request.Path.Value ?? "";
        Add(text, path.StartsWith("/kafka/", StringComparison.Ordinal) ? path["/kafka".Length..] : path);
        Add(text, request.ContentType ?? "");
        foreach ((string name, StringValues values) in request.Query.OrderBy(static one => one.Key, StringComparer.Ordinal))
            if (!s_waits.Contains(name)) AddAll(text, name, values);
        foreach ((string name, StringValues values) in request.Headers.OrderBy(static one => one.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (Array.Exists(s_writtenHeaders, start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
                AddAll(text, name.ToLowerInvariant(), values);
        }
        return Hash(key, text, body);
    }

    /// <summary>The same of a message on a socket: of all that decides what it writes.</summary>
    internal static RequestKey Hash(string key, ReadOnlySpan<byte> body, params ReadOnlySpan<string> decisive)
    {
        var text = new StringBuilder();
        foreach (string part in decisive) Add(text, part);
        return Hash(key, text, body);
    }

    private static RequestKey Hash(string key, StringBuilder text, ReadOnlySpan<byte> body)
    {
        byte[] written = [.. Sha256.Hash(body), .. Encoding.UTF8.GetBytes(text.ToString())];
        return new RequestKey(First(Sha256.Hash(Encoding.UTF8.GetBytes(key))), First(Sha256.Hash(written)));
    }

    private static void AddAll(StringBuilder text, string name, StringValues values)
    {
        Add(text, name);
        foreach (string? value in values) Add(text, value ?? "");
    }

    // With its length, so that no two lists of texts read the same.
    private static void Add(StringBuilder text, string part) => text.Append(part.Length).Append(':').Append(part);

    private static ulong First(byte[] hash) => BinaryPrimitives.ReadUInt64BigEndian(hash);
}
