using System.Text.Json.Nodes;
using Gateway.Client.Producing;
using Gateway.Common.Records;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

public sealed class AvroTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string User = """{"type":"record","name":"User","fields":[{"name":"name","type":"string"},{"name":"age","type":["null","int"],"default":null}]}""";

    private static string Quoted(string text) => JsonValue.Create(text).ToJsonString();

    [Fact]
    public async Task Avro_goes_in_with_its_schema_and_comes_out_as_json()
    {
        string topic = await proxy.NewTopicAsync();
        Answer produced = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, $$$"""
            {"records":[{"key":"k1","value":{"name":"Ada","age":{"int":36} } },{"key":"k2","value":{"name":"Bob"}},{"key":"k3","value":null}],
             "value_schema":{{{Quoted(User)}}},"key_schema":"\"string\""}
            """);
        Assert.Equal(200, produced.Status);
        int valueId = (int)produced.Json["value_schema_id"]!;
        int keyId = (int)produced.Json["key_schema_id"]!;
        Assert.NotEqual(keyId, valueId);

        JsonArray avro = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Avro)).Json.AsArray();
        Assert.Equal(
            [("\"k1\"", """{"name":"Ada","age":{"int":36}}"""), ("\"k2\"", """{"name":"Bob","age":null}"""), ("\"k3\"", null)],
            avro.Select(record => (record!["key"]!.ToJsonString(), record["value"]?.ToJsonString())));

        JsonArray binary = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Binary)).Json.AsArray();
        byte[] stored = Convert.FromBase64String((string)binary[0]!["value"]!);
        Assert.Equal([0, 0, 0, 0, (byte)valueId, 6, (byte)'A', (byte)'d', (byte)'a', 2, 72], stored);
    }

    [Fact]
    public async Task Later_requests_may_give_the_id_or_leave_it_to_the_newest_schema()
    {
        string topic = await proxy.NewTopicAsync();
        Answer first = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, $$$"""{"records":[{"value":{"name":"A"}}],"value_schema":{{{Quoted(User)}}}}""");
        int id = (int)first.Json["value_schema_id"]!;
        Answer byId = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, $$$"""{"records":[{"value":{"name":"B"}}],"value_schema_id":{{{id}}}}""");
        Answer byText = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, $$$"""{"records":[{"value":{"name":"C"}}],"value_schema_id":"{{{id}}}"}""");
        Answer latest = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, """{"records":[{"value":{"name":"D"}}]}""");
        Assert.All([byId, byText, latest], answer => Assert.Equal((200, id), (answer.Status, (int)answer.Json["value_schema_id"]!)));
        JsonArray records = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Avro)).Json.AsArray();
        Assert.Equal(["A", "B", "C", "D"], records.Select(record => (string)record!["value"]!["name"]!));
    }

    [Theory]
    [InlineData("""{"records":[{"value":1}]}""", 42202)]
    [InlineData("""{"records":[{"key":1}]}""", 42201)]
    [InlineData("""{"records":[{"value":1}],"value_schema":"{\"type\":\"nonsense\"}"}""", 42205)]
    [InlineData("""{"records":[{"value":1}],"value_schema":"not json"}""", 42205)]
    [InlineData("""{"records":[{"value":1}],"value_schema_id":4711}""", 42205)]
    [InlineData("""{"records":[{"value":"text"}],"value_schema":"\"int\""}""", 42205)]
    public async Task What_does_not_fit_has_its_code(string body, int code)
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, body)).Refused(422, code);
        Assert.Equal("[]", (await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/records")).Text);
    }

    [Fact]
    public async Task Records_without_a_known_schema_or_with_broken_bytes_stand_as_base64()
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, """{"records":[{"value":"good"}],"value_schema":"\"string\""}""");
        int id = (await proxy.Schemas.FindLatestAsync($"{topic}-value", default)).Found!.Id;
        await using Producer producer = proxy.Client.CreateProducer();
        await producer.ProduceAsync(topic, null, new byte[] { 0, 0, 0, 99, 99, 1 });
        await producer.ProduceAsync(topic, null, new byte[] { 0, 0, 0, 0, (byte)id, 100, 1 });
        await producer.ProduceAsync(topic, null, "plain"u8.ToArray());
        JsonArray records = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Avro)).Json.AsArray();
        Assert.Equal(
            [("good", null), ("AAAAY2MB", "base64"), (Convert.ToBase64String([0, 0, 0, 0, (byte)id, 100, 1]), "base64"), ("cGxhaW4=", "base64")],
            records.Select(record => ((string?)record!["value"], (string?)record["value_encoding"])));
    }

    [Fact]
    public async Task Headers_and_guids_name_schemas_too()
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, """{"records":[{"value":"good"}],"value_schema":"\"string\""}""");
        int id = (await proxy.Schemas.FindLatestAsync($"{topic}-value", default)).Found!.Id;
        byte[] guid = [1, .. MemorySchemas.GuidOf(id).ToByteArray(bigEndian: true)];
        await using Producer producer = proxy.Client.CreateProducer();
        await producer.ProduceAsync(topic, null, new byte[] { 2, (byte)'h' }, headers: [new RecordHeader("__value_schema_id", guid)]);
        await producer.ProduceAsync(topic, new byte[] { 2, (byte)'k' }, null, headers: [new RecordHeader("__key_schema_id", new byte[] { 0, 0, 0, 0, (byte)id })]);
        await producer.ProduceAsync(topic, null, (byte[])[.. guid, 2, (byte)'p']);
        await producer.ProduceAsync(topic, null, new byte[] { 2, (byte)'x' }, headers: [new RecordHeader("__value_schema_id", new byte[] { 1, 2 })]);
        JsonArray records = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Avro)).Json.AsArray();
        Assert.Equal(
            [(null, "good", null), (null, "h", null), ("k", null, null), (null, "p", null), (null, "Ang=", "base64")],
            records.Select(record => ((string?)record!["key"], (string?)record["value"], (string?)record["value_encoding"])));
    }

    [Fact]
    public async Task Without_a_registry_avro_cannot_be_produced()
    {
        HttpClient alone = await proxy.StartAsync(new ProxyOptions());
        string topic = await proxy.NewTopicAsync();
        (await alone.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, """{"records":[{"value":1}],"value_schema_id":1}""")).Refused(408, 40801);
    }
}
