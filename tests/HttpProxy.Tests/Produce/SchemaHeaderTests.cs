using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary><c>schema_in_header=true</c>: what serialisers that are told so write (schema-registry 5).</summary>
public sealed class SchemaHeaderTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Proto = "syntax = \"proto3\"; message Order { string id = 1; }";

    private static byte[] Bytes(JsonNode? base64) => Convert.FromBase64String((string)base64!);

    private async Task<JsonArray> ReadAsync(string topic, string type) =>
        (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", type)).Json.AsArray();

    private async Task<RegisteredSchema> RegisterAsync(string subject, string type, string text) =>
        (await proxy.Schemas.RegisterAsync(subject, type, text, [], default)).Found!;

    private static byte[] Named(RegisteredSchema schema, params byte[] indexes) => [1, .. schema.Guid.ToByteArray(bigEndian: true), .. indexes];

    [Fact]
    public async Task Schemas_are_named_in_headers_when_asked()
    {
        string topic = await proxy.NewTopicAsync();
        RegisteredSchema key = await RegisterAsync($"{topic}-key", SchemaTypes.Avro, "\"string\"");
        RegisteredSchema value = await RegisterAsync($"{topic}-value", SchemaTypes.Avro, "\"long\"");
        string body = $$"""
            {"key_schema_id":{{key.Id}},"value_schema_id":{{value.Id}},"records":[{"key":"k","value":1,"headers":[{"key":"h","value":"AQ=="}]},{"key":null,"value":2}]}
            """;
        foreach (string query in new[] { "?schema_in_header=true", "?schema_in_header=false", "" })
            Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}{query}", HttpCalls.V2Avro, body)).Status);
        JsonArray stored = await ReadAsync(topic, HttpCalls.V2Binary);
        Assert.Equal([2, (byte)'k'], Bytes(stored[0]!["key"]));
        Assert.Equal([2], Bytes(stored[0]!["value"]));
        JsonArray headers = stored[0]!["headers"]!.AsArray();
        Assert.Equal(["h", "__key_schema_id", "__value_schema_id"], headers.Select(header => (string?)header!["key"]));
        Assert.Equal(Named(key), Bytes(headers[1]!["value"]));
        Assert.Equal(Named(value), Bytes(headers[2]!["value"]));
        Assert.Null(stored[1]!["key"]);
        Assert.Equal("__value_schema_id", (string?)Assert.Single(stored[1]!["headers"]!.AsArray())!["key"]);
        foreach (int written in new[] { 2, 4 })
            Assert.Equal([0, 0, 0, 0, (byte)value.Id, 2], Bytes(stored[written]!["value"]));
        JsonArray read = await ReadAsync(topic, HttpCalls.V2Avro);
        Assert.Equal(["1", "2", "1", "2", "1", "2"], read.Select(record => record!["value"]!.ToJsonString()));
    }

    [Fact]
    public async Task Of_protobuf_the_message_indexes_go_with_the_name()
    {
        string topic = await proxy.NewTopicAsync();
        RegisteredSchema value = await RegisterAsync($"{topic}-value", SchemaTypes.Protobuf, Proto);
        await proxy.Http.PostAsync($"/topics/{topic}?schema_in_header=true", HttpCalls.V2Protobuf, """{"records":[{"value":{"id":"a"}}]}""");
        JsonNode stored = Assert.Single(await ReadAsync(topic, HttpCalls.V2Binary))!;
        Assert.Equal([10, 1, (byte)'a'], Bytes(stored["value"]));
        Assert.Equal(Named(value, 0), Bytes(Assert.Single(stored["headers"]!.AsArray())!["value"]));
        Assert.Equal("""{"id":"a"}""", Assert.Single(await ReadAsync(topic, HttpCalls.V2Protobuf))!["value"]!.ToJsonString());
    }

    [Fact]
    public async Task So_they_are_in_batches_of_v3()
    {
        string topic = await proxy.NewTopicAsync();
        RegisteredSchema value = await RegisterAsync($"{topic}-value", SchemaTypes.Avro, "\"long\"");
        Answer answer = await proxy.Http.PostAsync(
            $"/v3/clusters/{await proxy.Http.ClusterIdAsync()}/topics/{topic}/records?schema_in_header=true", "application/json",
            $$$"""{"key":{"type":"STRING","data":"k"},"value":{"schema_id":{{{value.Id}}},"data":3}}""");
        Assert.Equal(1, (int)answer.Json["value"]!["size"]!);
        JsonNode stored = Assert.Single(await ReadAsync(topic, HttpCalls.V2Binary))!;
        Assert.Equal([6], Bytes(stored["value"]));
        Assert.Equal([(byte)'k'], Bytes(stored["key"]));
        JsonNode header = Assert.Single(stored["headers"]!.AsArray())!;
        Assert.Equal("__value_schema_id", (string?)header["key"]);
        Assert.Equal(Named(value), Bytes(header["value"]));
    }

    [Fact]
    public async Task Another_word_than_true_and_false_is_refused_and_data_without_a_schema_is_left_alone()
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.PostAsync($"/topics/{topic}?schema_in_header=yes", HttpCalls.V2Binary, """{"records":[{"value":"AQ=="}]}""")).Refused(400, 40002);
        await proxy.Http.PostAsync($"/topics/{topic}?schema_in_header=true", HttpCalls.V2Binary, """{"records":[{"value":"AQ=="}]}""");
        JsonNode stored = Assert.Single(await ReadAsync(topic, HttpCalls.V2Binary))!;
        Assert.Equal([1], Bytes(stored["value"]));
        Assert.Empty(stored["headers"]!.AsArray());
    }
}
