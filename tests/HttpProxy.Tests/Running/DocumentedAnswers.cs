using System.Text;
using System.Text.Json;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>
/// Holds every answer that any test gets against the API document: its status, its type and its members; of answers that go on, each object as it
/// comes.
/// </summary>
internal sealed class DocumentedAnswers(HttpMessageHandler? inner = null) : DelegatingHandler(inner ?? new SocketsHttpHandler())
{
    /// <summary>Checks an answer that came over a socket of the test's own: its head, and its body if that is JSON.</summary>
    internal static void Check(string method, string path, string answer)
    {
        string[] parts = answer.Split("\r\n\r\n", 2);
        string? type = parts[0].Split("\r\n").FirstOrDefault(static line => line.StartsWith("Content-Type: ", StringComparison.OrdinalIgnoreCase))?[14..].Split(';')[0];
        // In one chunk, or in none.
        int start = parts.Length > 1 && type is not null ? parts[1].IndexOf('{', StringComparison.Ordinal) : -1;
        byte[] body = start < 0 ? [] : Encoding.UTF8.GetBytes(parts[1][start..(parts[1].LastIndexOf('}') + 1)]);
        Check(method, path, int.Parse(parts[0].AsSpan("HTTP/1.1 ".Length, 3)), type, body);
    }

    /// <summary>Checks one of the objects that an answer consists of.</summary>
    internal static void CheckObject(string method, string path, string type, ReadOnlyMemory<byte> json) => Check(method, path, 200, type, json);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancel);
        string path = request.RequestUri!.AbsolutePath;
        string method = request.Method.Method;
        int status = (int)response.StatusCode;
        string? type = response.Content.Headers.ContentType?.MediaType;
        bool isEncoded = response.Content.Headers.ContentEncoding.Count > 0;
        bool isProduceStream = path.Contains("/v3/", StringComparison.Ordinal) && path.EndsWith("/records", StringComparison.Ordinal) && method == "POST";
        bool goesOn = status == 200 && (type is "application/x-ndjson" or "text/event-stream" || isProduceStream);
        bool isJson = type?.EndsWith("json", StringComparison.Ordinal) == true && !goesOn && !isEncoded;
        Check(method, path, status, type, isJson ? await response.Content.ReadAsByteArrayAsync(cancel) : ReadOnlyMemory<byte>.Empty);
        if (goesOn) CheckLines(response, method, path, type!);
        return response;
    }

    private static void CheckLines(HttpResponseMessage response, string method, string path, string type)
    {
        string name = "record";
        void CheckLine(ReadOnlyMemory<byte> line)
        {
            if (line.Span.StartsWith("event: "u8)) name = Encoding.ASCII.GetString(line.Span["event: ".Length..]);
            if (line.Span.StartsWith("data: "u8)) line = line["data: ".Length..];
            // An error that ends a stream has the shape of every other.
            if (line.Span[0] != (byte)'{' || name is "heartbeat" or "rebalance" or "error" || (type != "application/json" && line.Span.StartsWith("{\"error_code\""u8))) return;
            CheckObject(method, path, type == "text/event-stream" ? "application/x-ndjson" : type, line);
        }

        HttpContent whole = response.Content;
        var content = new StreamContent(new CheckedLines(whole.ReadAsStream(), CheckLine));
        foreach ((string header, IEnumerable<string> values) in whole.Headers) content.Headers.TryAddWithoutValidation(header, values);
        response.Content = content;
    }

    private static void Check(string method, string path, int status, string? type, ReadOnlyMemory<byte> body)
    {
        using JsonDocument? document = body.IsEmpty ? null : JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1000 });
        string? fault = OpenApiDocument.Instance.Fault(method.ToLowerInvariant(), path, status, type, document?.RootElement);
        Assert.True(fault is null, $"openapi/http-proxy.yaml: {fault}");
    }
}
