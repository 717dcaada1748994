using System.Text.Json;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>Holds every answer that any test gets against the API document: its status, its type and its members.</summary>
internal sealed class DocumentedAnswers() : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancel);
        Uri url = request.RequestUri!;
        string? type = response.Content.Headers.ContentType?.MediaType;
        JsonElement? body = null;
        // An answer to a stream of records goes on for as long as the stream does.
        bool isStream = url.AbsolutePath.Contains("/v3/", StringComparison.Ordinal) && url.AbsolutePath.EndsWith("/records", StringComparison.Ordinal) && request.Method == HttpMethod.Post;
        if (type is not null && type.EndsWith("json", StringComparison.Ordinal) && !type.EndsWith("ndjson", StringComparison.Ordinal) && !isStream)
        {
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancel);
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 1000 });
            body = document.RootElement.Clone();
        }
        string? fault = OpenApiDocument.Instance.Fault(request.Method.Method.ToLowerInvariant(), url.AbsolutePath, (int)response.StatusCode, type, body);
        Assert.True(fault is null, $"openapi/http-proxy.yaml: {fault}");
        return response;
    }
}
