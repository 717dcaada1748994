using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.SchemaRegistry.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.SchemaRegistry.Tests;

/// <summary>A registry behind a real HTTP server on a free port, on a topic in memory.</summary>
internal sealed class RegistryServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RegistryServer(WebApplication app, RegistryService service, MemorySchemaTopic topic)
    {
        _app = app;
        Service = service;
        Topic = topic;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public RegistryService Service { get; }

    public MemorySchemaTopic Topic { get; }

    public HttpClient Http { get; }

    public static async Task<RegistryServer> StartAsync(MemorySchemaTopic? topic = null, RegistryOptions? options = null, bool waits = true, LogLines? log = null)
    {
        topic ??= new MemorySchemaTopic();
        var service = new RegistryService(topic, options, logger: log);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var app = builder.Build();
        RegistryEndpoints.Map(app, service);
        await app.StartAsync();
        service.Start();
        if (waits) await service.Ready;
        return new RegistryServer(app, service, topic);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    /// <summary>Registers an Avro schema and gives its id.</summary>
    public async Task<int> RegisterAsync(string subject, string schema, string more = "")
    {
        var answer = await PostAsync($"/subjects/{subject}/versions", Body(schema, more));
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json.GetProperty("id").GetInt32();
    }

    public static string Body(string schema, string more = "") => $$"""{"schema":{{JsonSerializer.Serialize(schema)}}{{more}}}""";

    public Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/vnd.schemaregistry.v1+json", string? accept = null) =>
        SendBytesAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), contentType, accept);

    /// <summary>With the path as it is written; otherwise the client resolves its dot segments before the server could.</summary>
    public Task<Answer> SendAsIsAsync(HttpMethod method, string path, string? body = null) => SendBytesAsync(
        method, new Uri(Http.BaseAddress!.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }),
        body is null ? null : Encoding.UTF8.GetBytes(body));

    public Task<Answer> SendBytesAsync(HttpMethod method, string path, byte[]? body, string contentType = "application/vnd.schemaregistry.v1+json", string? accept = null) =>
        SendBytesAsync(method, new Uri(path, UriKind.Relative), body, contentType, accept);

    private async Task<Answer> SendBytesAsync(HttpMethod method, Uri path, byte[]? body, string contentType = "application/vnd.schemaregistry.v1+json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType.Length > 0) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Http.SendAsync(request);
        return new Answer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.ToString(),
            response.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value)),
            string.Join(", ", response.Content.Headers.Allow));
    }

    /// <summary>Stops as a node does, while requests are under way.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await Service.DisposeAsync();
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, string Text, string? ContentType, IReadOnlyDictionary<string, string> Headers, string Allow)
{
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Text);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Asserts an error: HTTP status, code, and how the message starts.</summary>
    public void IsError(int status, int code, string message)
    {
        Assert.Equal(status, Status);
        Assert.Equal(code, Json.GetProperty("error_code").GetInt32());
        Assert.StartsWith(message, Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, Json.EnumerateObject().Count());
    }

    /// <summary>Asserts a success that says nothing.</summary>
    public void IsNothing() => Assert.Equal(((int)HttpStatusCode.NoContent, ""), (Status, Text));

    /// <summary>Asserts a success with exactly this body.</summary>
    public void Is(string body)
    {
        Assert.Equal(body, Text);
        Assert.Equal((int)HttpStatusCode.OK, Status);
    }
}
