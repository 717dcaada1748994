using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Hosting;
using Gateway.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Nodes;

/// <summary>A whole node: what it says, what it keeps, what it refuses.</summary>
public sealed class NodeTests : IAsyncLifetime
{
    private const string Json = "application/vnd.kafka.json.v2+json", V2 = "application/vnd.kafka.v2+json";
    private readonly TestNode _node = new();

    public Task InitializeAsync() => _node.InitializeAsync();

    public Task DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task The_ready_line_names_four_doors_that_answer()
    {
        DoorAddresses a = _node.Host.Addresses;
        Assert.Equal($"READY kafka={a.Kafka} schema-registry=http://{a.SchemaRegistry} http-proxy=http://{a.HttpProxy} admin=http://{a.Admin}", a.ReadyLine);
        Assert.All(new[] { a.Kafka, a.SchemaRegistry, a.HttpProxy, a.Admin }, door => Assert.NotEqual(0, door.Port));
        Assert.Equal("ok\n", await _node.Http.GetStringAsync(_node.Admin + "/livez"));
        Assert.Equal("[+] broker: ok\n[+] schema-registry: ok\n[+] http-proxy: ok\n", await _node.Http.GetStringAsync(_node.Admin + "/readyz"));
        Assert.Equal("[]", await _node.Http.GetStringAsync(_node.Registry + "/subjects"));
        using HttpResponseMessage topics = await SendAsync(HttpMethod.Get, _node.Proxy + "/topics", accept: V2);
        Assert.Equal(HttpStatusCode.OK, topics.StatusCode);
        using var kafka = new TcpClient();
        await kafka.ConnectAsync(a.Kafka.Host, a.Kafka.Port);
    }

    [Fact]
    public async Task Records_and_schemas_survive_a_restart()
    {
        using HttpResponseMessage registered = await SendAsync(
            HttpMethod.Post, _node.Registry + "/subjects/kept-value/versions", """{"schema":"{\"type\":\"string\"}"}""", "application/vnd.schemaregistry.v1+json");
        Assert.Equal(1, (await JsonOf(registered)).GetProperty("id").GetInt32());
        using HttpResponseMessage produced = await SendAsync(HttpMethod.Post, _node.Proxy + "/topics/kept", """{"records":[{"key":"k","value":{"n":1}},{"value":2}]}""", Json, V2);
        Assert.Equal([0, 1], (await JsonOf(produced)).GetProperty("offsets").EnumerateArray().Select(o => o.GetProperty("offset").GetInt64()));

        await _node.RestartAsync();

        Assert.Equal("[\"kept-value\"]", await _node.Http.GetStringAsync(_node.Registry + "/subjects"));
        using HttpResponseMessage read = await SendAsync(HttpMethod.Get, _node.Proxy + "/topics/kept/partitions/0/records?offset=0&timeout=2000&max_bytes=100000", accept: Json);
        JsonElement records = await JsonOf(read);
        Assert.Equal(["{\"n\":1}", "2"], records.EnumerateArray().Select(r => r.GetProperty("value").GetRawText()));
        Assert.Equal("k", records[0].GetProperty("key").GetString());
    }

    [Theory]
    [InlineData("_schemas")]
    [InlineData("__gateway_http_consumers")]
    public async Task What_services_keep_what_they_know_in_cannot_be_cut_by_time(string topic)
    {
        await using KafkaClient client = KafkaClient.OverTcp([_node.Host.Addresses.Kafka]);
        if (topic != "_schemas") await client.Admin.CreateTopicAsync(new NewTopic(topic, 1, 1, new Dictionary<string, string?>()));
        var fault = await Assert.ThrowsAsync<KafkaErrorException>(() => client.Admin.AlterConfigsAsync(
            ConfigResourceType.Topic, topic, [new ConfigChange("cleanup.policy", ConfigOperation.Set, "delete"), new ConfigChange("retention.ms", ConfigOperation.Set, "1000")]).AsTask());
        Assert.Equal(ErrorCode.PolicyViolation, fault.Code);
        await client.Admin.AlterConfigsAsync(ConfigResourceType.Topic, topic, [new ConfigChange("cleanup.policy", ConfigOperation.Set, "compact")]);
    }

    [Theory]
    [InlineData("_schemas", "max.message.bytes", "4194303", "4194304")]
    [InlineData("__gateway_http_consumers", "max.message.bytes", "8388607", "8388608")]
    [InlineData("_schemas", "min.insync.replicas", "2", "1")]
    public async Task What_services_keep_can_always_be_written(string topic, string setting, string wrong, string right)
    {
        await using KafkaClient client = KafkaClient.OverTcp([_node.Host.Addresses.Kafka]);
        if (topic != "_schemas") await client.Admin.CreateTopicAsync(new NewTopic(topic, 1, 1, new Dictionary<string, string?>()));
        var fault = await Assert.ThrowsAsync<KafkaErrorException>(
            () => client.Admin.AlterConfigsAsync(ConfigResourceType.Topic, topic, [new ConfigChange(setting, ConfigOperation.Set, wrong)]).AsTask());
        Assert.Equal(ErrorCode.PolicyViolation, fault.Code);
        IReadOnlyList<ConfigEntry> configs = await client.Admin.DescribeConfigsAsync(ConfigResourceType.Topic, topic, default);
        Assert.Equal(right, configs.Single(config => config.Name == setting).Value);
    }

    [Fact]
    public async Task The_registrys_topic_is_neither_deleted_nor_written_over_HTTP()
    {
        using JsonDocument clusters = JsonDocument.Parse(await _node.Http.GetStringAsync(_node.Proxy + "/v3/clusters"));
        string cluster = clusters.RootElement.GetProperty("data")[0].GetProperty("cluster_id").GetString()!;
        using HttpResponseMessage deleted = await SendAsync(HttpMethod.Delete, $"{_node.Proxy}/v3/clusters/{cluster}/topics/_schemas");
        Assert.StartsWith("{\"error_code\":40002,", await deleted.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage written = await SendAsync(HttpMethod.Post, _node.Proxy + "/topics/_schemas", """{"records":[{"key":"k","value":1}]}""", Json, V2);
        Assert.StartsWith("{\"error_code\":40002,", await written.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_of_dots_is_a_name_to_the_registry()
    {
        var path = new Uri(_node.Registry + "/mode/%2E", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent("""{"mode":"READONLY"}""", Encoding.UTF8, "application/json") };
        using HttpResponseMessage set = await _node.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        Assert.Equal("""{"mode":"READWRITE"}""", await _node.Http.GetStringAsync(_node.Registry + "/mode"));
        Assert.Equal("""{"mode":"READONLY"}""", await _node.Http.GetStringAsync(path));
    }

    [Fact]
    public async Task A_second_node_on_the_same_directory_is_refused_and_harms_nothing()
    {
        var e = await Assert.ThrowsAsync<StartupException>(() => GatewayHost.StartAsync(_node.Settings, NullLoggerFactory.Instance, CancellationToken.None));
        Assert.StartsWith("data-dir: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(_node.Directory, e.Message, StringComparison.Ordinal);
        Assert.Equal("ok\n", await _node.Http.GetStringAsync(_node.Admin + "/livez"));
    }

    [Theory]
    [InlineData("kafka-addr")]
    [InlineData("schema-registry-addr")]
    [InlineData("http-proxy-addr")]
    [InlineData("admin-addr")]
    public async Task A_port_in_use_is_refused_with_the_flag_to_change(string flag)
    {
        HostAndPort taken = _node.Host.Addresses.Kafka;
        GatewaySettings settings = _node.Settings with { DataDirectory = _node.Directory + "-other" };
        settings = flag switch
        {
            "kafka-addr" => settings with { KafkaAddress = taken },
            "schema-registry-addr" => settings with { SchemaRegistryAddress = taken },
            "http-proxy-addr" => settings with { HttpProxyAddress = taken },
            _ => settings with { AdminAddress = taken },
        };
        try
        {
            var e = await Assert.ThrowsAsync<StartupException>(() => GatewayHost.StartAsync(settings, NullLoggerFactory.Instance, CancellationToken.None));
            Assert.Equal($"{flag}: {taken} is in use by another process; stop it, or choose another address with --{flag} (port 0 picks a free one)", e.Message);
        }
        finally
        {
            if (Directory.Exists(settings.DataDirectory)) Directory.Delete(settings.DataDirectory, recursive: true);
        }
    }

    [Fact]
    public async Task Registry_and_proxy_run_on_another_nodes_broker()
    {
        GatewaySettings settings = _node.Settings with { DataDirectory = _node.Directory + "-none", ExistingBrokers = [_node.Host.Addresses.Kafka] };
        await using GatewayHost second = await GatewayHost.StartAsync(settings, NullLoggerFactory.Instance, CancellationToken.None);
        using HttpResponseMessage produced = await SendAsync(HttpMethod.Post, $"http://{second.Addresses.HttpProxy}/topics/across", """{"records":[{"value":"x"}]}""", Json, V2);
        Assert.Equal(0, (await JsonOf(produced)).GetProperty("offsets")[0].GetProperty("offset").GetInt64());
        using HttpResponseMessage read = await SendAsync(HttpMethod.Get, _node.Proxy + "/topics/across/partitions/0/records?offset=0&timeout=2000&max_bytes=100000", accept: Json);
        Assert.Equal("x", (await JsonOf(read))[0].GetProperty("value").GetString());
        Assert.False(Directory.Exists(settings.DataDirectory));
    }

    [Fact]
    public async Task Settings_of_the_proxy_reach_it()
    {
        GatewaySettings settings = _node.Settings with
        {
            ExistingBrokers = [_node.Host.Addresses.Kafka],
            ProxySettings = new Dictionary<string, SettingValue> { ["http.proxy.max.record.bytes"] = new("3", "test") },
        };
        await using GatewayHost second = await GatewayHost.StartAsync(settings, NullLoggerFactory.Instance, CancellationToken.None);
        foreach ((string value, HttpStatusCode status) in new[] { ("x", HttpStatusCode.OK), ("xx", HttpStatusCode.RequestEntityTooLarge) })
        {
            using HttpResponseMessage produced = await SendAsync(
                HttpMethod.Post, $"http://{second.Addresses.HttpProxy}/topics/limited", $$"""{"records":[{"value":"{{value}}"}]}""", Json, V2);
            Assert.Equal(status, produced.StatusCode);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string url, string? body = null, string? contentType = null, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new(contentType!);
        }
        if (accept is not null) request.Headers.Accept.Add(new(accept));
        return await _node.Http.SendAsync(request);
    }

    private static async Task<JsonElement> JsonOf(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
