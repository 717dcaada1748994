using System.Text.Json.Nodes;
using Gateway.Client.Producing;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Schemas;

namespace Gateway.HttpProxy.Tests;

/// <summary>A few stored bytes that would be gigabytes of JSON, since names of fields stand in the schema only.</summary>
public sealed class AmplificationTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private static readonly string LongName = "n" + new string('x', 50_000);

    [Fact]
    public async Task Avro_that_grows_without_measure_stands_as_base64_and_does_not_block_the_others()
    {
        string schema = $$$"""{"type":"array","items":{"type":"record","name":"Y","fields":[{"name":"{{{LongName}}}","type":"null"}]}}""";
        // One block of so many items, of no bytes each, and the end: 5,000 items are 250 MB of JSON.
        await ShownAsync(SchemaTypes.Avro, HttpCalls.V2Avro, schema, [0x90, 0x4e, 0], [2, 0], $$$"""[{"{{{LongName}}}":null}]""");
    }

    [Fact]
    public async Task Protobuf_that_grows_without_measure_stands_as_base64_and_does_not_block_the_others()
    {
        string schema = $$$"""syntax = "proto3"; message M { repeated N n = 1; message N { int32 {{{LongName}}} = 1; } }""";
        byte[] item = [0x0a, 2, 8, 1];
        await ShownAsync(
            SchemaTypes.Protobuf, HttpCalls.V2Protobuf, schema, [0, .. Enumerable.Repeat(item, 5000).SelectMany(static bytes => bytes)], [0, .. item],
            $$$"""{"n":[{"{{{LongName}}}":1}]}""");
    }

    [Fact]
    public async Task Values_that_are_dear_each_are_refused_when_a_request_is_full_of_them()
    {
        // The first branch fits all of a list but its last item, and so at every level again: each value takes twice as long for every level.
        const string dear = """[{"type":"record","name":"L","fields":[{"name":"n","type":["null","L",{"type":"record","name":"M","fields":[{"name":"n","type":["null","L","M"]},{"name":"z","type":"int","default":0}]}]}]},{"type":"record","name":"A","fields":[{"name":"n","type":["null","string","A"]}]}]""";
        string list = string.Concat(Enumerable.Repeat("{\"n\":", 18)) + "\"bad\"" + new string('}', 18);
        string topic = await proxy.NewTopicAsync();
        string schema = System.Text.Json.JsonSerializer.Serialize(dear);
        Answer few = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, $$$"""{"value_schema":{{{schema}}},"records":[{"value":{{{list}}}}]}""");
        Assert.Equal(200, few.Status);
        string many = string.Join(',', Enumerable.Repeat($$$"""{"value":{{{list}}}}""", 2000));
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, $$$"""{"value_schema":{{{schema}}},"records":[{{{many}}}]}""");
        Assert.Equal(422, answer.Status);
        Assert.Contains("all values together need more than", (string?)answer.Json["message"], StringComparison.Ordinal);
    }

    private async Task ShownAsync(string schemaType, string type, string schema, byte[] growing, byte[] modest, string json)
    {
        string topic = await proxy.NewTopicAsync();
        int id = (await proxy.Schemas.RegisterAsync($"{topic}-value", schemaType, schema, [], default)).Found!.Id;
        byte[] prefix = [0, 0, 0, 0, (byte)id];
        await using Producer producer = proxy.Client.CreateProducer();
        await producer.ProduceAsync(topic, null, (byte[])[.. prefix, .. growing]);
        await producer.ProduceAsync(topic, null, (byte[])[.. prefix, .. modest]);
        Answer answer = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", type);
        Assert.Equal((200, type), (answer.Status, answer.ContentType));
        JsonArray records = answer.Json.AsArray();
        Assert.Equal(("base64", Convert.ToBase64String([.. prefix, .. growing])), ((string?)records[0]!["value_encoding"], (string?)records[0]!["value"]));
        Assert.Equal((null, json), ((string?)records[1]!["value_encoding"], records[1]!["value"]!.ToJsonString()));
    }
}
