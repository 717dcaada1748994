using System.Net;
using System.Net.Sockets;
using Gateway.Client;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Testing;

namespace Gateway.HttpProxy.Tests.Limits;

public sealed class InstanceExpiryTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task An_instance_nobody_uses_expires_and_use_keeps_it_alive()
    {
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions { ConsumerInstanceTimeout = TimeSpan.FromMinutes(5) }, null, client);
        string used = (string)(await http.PostAsync("/consumers/g", HttpCalls.V2, """{"name":"used"}""")).Json["base_uri"]!;
        string idle = (string)(await http.PostAsync("/consumers/g", HttpCalls.V2, """{"name":"idle"}""")).Json["base_uri"]!;
        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(200, (await http.AskAsync($"{used}/subscription")).Status);
        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(200, (await http.AskAsync($"{used}/subscription")).Status);
        (await http.AskAsync($"{idle}/subscription")).Refused(404, 40403);
    }

    [Fact]
    public async Task There_are_no_more_instances_than_allowed()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxConsumerInstances = 1 });
        await http.PostAsync("/consumers/g", HttpCalls.V2, """{"name":"a"}""");
        (await http.PostAsync("/consumers/g", HttpCalls.V2, """{"name":"b"}""")).Refused(429, 429);
    }

    [Fact]
    public async Task A_client_has_no_more_instances_than_allowed_and_hears_when_the_first_expires()
    {
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(
            new ProxyOptions { MaxConsumerInstancesPerClient = 2, ConsumerInstanceTimeout = TimeSpan.FromMinutes(5) }, client: client);
        await http.PostAsync("/consumers/g", HttpCalls.V2, """{"name":"a"}""");
        time.Advance(TimeSpan.FromMinutes(2));
        await http.PostAsync("/consumers/g", HttpCalls.V2, """{"name":"b"}""");
        Answer refused = await http.PostAsync("/consumers/g", HttpCalls.V2, """{"name":"c"}""");
        refused.Refused(429, 429);
        Assert.Equal(TimeSpan.FromMinutes(3), refused.Headers.RetryAfter!.Delta);
        // Another client has room of its own.
        using var other = new HttpClient(new DocumentedAnswers(From(IPAddress.Parse("127.0.0.2")))) { BaseAddress = http.BaseAddress };
        Assert.Equal(200, (await other.PostAsync("/consumers/g", HttpCalls.V2, """{"name":"c"}""")).Status);
        time.Advance(TimeSpan.FromMinutes(3) + TimeSpan.FromSeconds(30));
        Assert.Equal(200, (await http.PostAsync("/consumers/g", HttpCalls.V2, """{"name":"d"}""")).Status);
    }

    [Fact]
    public async Task The_advertised_address_is_what_clients_are_told()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { AdvertisedUrl = new Uri("https://example.test:8443/proxy/") });
        Answer created = await http.PostAsync("/consumers/g", HttpCalls.V2, """{"name":"a"}""");
        Assert.Equal("https://example.test:8443/proxy/consumers/g/instances/a", (string?)created.Json["base_uri"]);
    }

    private static SocketsHttpHandler From(IPAddress address) => new()
    {
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };
}
