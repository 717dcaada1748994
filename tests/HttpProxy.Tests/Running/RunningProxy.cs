using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Client.Tests.Brokers;
using Gateway.HttpProxy.Handover;
using Gateway.Links;
using Gateway.Schemas.Lookup;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>The proxy on a Kestrel of its own over a broker in this process.</summary>
public sealed class RunningProxy : IAsyncLifetime
{
    private readonly RunningBroker _broker = new();
    private readonly List<(WebApplication App, ProxyService Service, HttpClient Http)> _servers = [];

    public KafkaClient Client { get; private set; } = null!;

    /// <summary>A client the broker takes records of internal topics from.</summary>
    public KafkaClient Keeper { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public MemorySchemas Schemas { get; } = new();

    public async Task InitializeAsync()
    {
        await _broker.InitializeAsync();
        Client = _broker.InProcessClient();
        Keeper = new KafkaClient(_broker.Broker.InProcessLinks("User:ANONYMOUS", KafkaClient.AdminClientId));
        Http = await StartAsync(new ProxyOptions { AllowTopicCreation = false }, Schemas);
    }

    public async Task DisposeAsync()
    {
        foreach ((WebApplication app, ProxyService service, HttpClient http) in _servers)
        {
            http.Dispose();
            await app.StopAsync();
            await service.DisposeAsync();
            await app.DisposeAsync();
        }
        await Client.DisposeAsync();
        await Keeper.DisposeAsync();
        await _broker.DisposeAsync();
    }

    /// <summary>Another proxy on the same broker, with options of its own.</summary>
    public async Task<HttpClient> StartAsync(
        ProxyOptions options, ISchemaLookup? schemas = null, KafkaClient? client = null, ILoggerFactory? loggers = null, HttpProtocols protocols = HttpProtocols.Http1)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            // As the doors do.
            kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                ConnectionHandover.Use(listen);
            });
        });
        WebApplication app = builder.Build();
        // Proxies on one cluster are told apart, or one would have the instances of the other.
        if (options.Id.Length == 0) options = options with { Id = Guid.NewGuid().ToString("N") };
        var service = new ProxyService(client ?? Client, schemas, options, loggers, Keeper);
        ProxyEndpoints.Map(app, service);
        await app.StartAsync();
        string url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var http = new HttpClient(new DocumentedAnswers()) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(60) };
        _servers.Add((app, service, http));
        return http;
    }

    /// <summary>The proxy behind a client.</summary>
    internal ProxyService ServiceOf(HttpClient http) => _servers.Single(server => server.Http == http).Service;

    /// <summary>Stops the server behind a client as a node does, while its requests are under way.</summary>
    public Task StopAsync(HttpClient http) => _servers.Single(server => server.Http == http).App.StopAsync();

    /// <summary>Ends the proxy behind a client in good order, as a process that is stopped.</summary>
    public async Task EndAsync(HttpClient http)
    {
        (WebApplication App, ProxyService Service, HttpClient Http) server = _servers.Single(server => server.Http == http);
        _servers.Remove(server);
        http.Dispose();
        await server.App.StopAsync();
        await server.Service.DisposeAsync();
        await server.App.DisposeAsync();
    }

    public KafkaClient NewClient(ClientOptions options) => new(NewLinks(), options);

    /// <summary>Links to the broker, for a client whose links are a test's own.</summary>
    public IBrokerLinkFactory NewLinks() => _broker.Broker.InProcessLinks("User:ANONYMOUS");

    public KafkaClient NewTcpClient() => KafkaClient.OverTcp([_broker.Broker.BoundAddress]);

    public async Task<string> NewTopicAsync(int partitions = 1, params (string Name, string Value)[] configs)
    {
        string name = _broker.NewTopicName();
        await Client.Admin.CreateTopicAsync(new NewTopic(name, partitions, 1, configs.ToDictionary(config => config.Name, config => (string?)config.Value)));
        return name;
    }

    public string NewName(string stem) => _broker.NewTopicName(stem);
}

/// <summary>An answer, whole.</summary>
public sealed record Answer(int Status, string? ContentType, string Text, HttpResponseHeaders Headers)
{
    /// <summary>The methods a path takes, where the answer names them.</summary>
    public IReadOnlyCollection<string> Allow { get; init; } = [];

    public JsonNode Json => JsonNode.Parse(Text)!;

    public int ErrorCode => (int)Json["error_code"]!;
}

public static class HttpCalls
{
    public const string V2 = "application/vnd.kafka.v2+json";
    public const string V2Json = "application/vnd.kafka.json.v2+json";
    public const string V2Binary = "application/vnd.kafka.binary.v2+json";
    public const string V2Avro = "application/vnd.kafka.avro.v2+json";
    public const string V2JsonSchema = "application/vnd.kafka.jsonschema.v2+json";
    public const string V2Protobuf = "application/vnd.kafka.protobuf.v2+json";

    public static Task<Answer> GetAsync(this HttpClient http, string path, string accept) => http.SendAsync(HttpMethod.Get, path, null, null, accept);

    public static Task<Answer> AskAsync(this HttpClient http, string path) => http.SendAsync(HttpMethod.Get, path, null, null, null);

    public static Task<Answer> PostAsync(this HttpClient http, string path, string type, string body, string? accept = null) =>
        http.SendAsync(HttpMethod.Post, path, type, Encoding.UTF8.GetBytes(body), accept);

    public static async Task<Answer> SendAsync(this HttpClient http, HttpMethod method, string path, string? type, byte[]? body, string? accept)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response = await http.SendAsync(request);
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(), response.Headers)
        {
            Allow = [.. response.Content.Headers.Allow],
        };
    }

    public static async Task<string> ClusterIdAsync(this HttpClient http) => (string)(await http.AskAsync("/v3/clusters")).Json["data"]![0]!["cluster_id"]!;

    /// <summary>Where the first partition of a topic ends.</summary>
    public static async Task<long> EndOffsetAsync(this HttpClient http, string topic) =>
        (long)(await http.AskAsync($"/topics/{topic}/partitions/0/offsets")).Json["end_offset"]!;

    /// <summary>Posts bytes with any headers.</summary>
    public static async Task<Answer> RequestAsync(this HttpClient http, string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        foreach ((string name, string value) in headers)
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await http.SendAsync(request);
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(), response.Headers);
    }

    /// <summary>Asserts on an error: status, code, and that the body is the dialect's and nothing else.</summary>
    public static void Refused(this Answer answer, int status, int code)
    {
        Assert.Equal((status, code), (answer.Status, answer.ErrorCode));
        using JsonDocument document = JsonDocument.Parse(answer.Text);
        Assert.Equal(["error_code", "message"], document.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.NotEqual("", (string?)answer.Json["message"]);
    }
}
