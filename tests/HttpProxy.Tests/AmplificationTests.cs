using System.Text.Json.Nodes;
using Gateway.Client.Producing;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
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

    [Fact]
    public async Task Values_that_can_never_be_held_use_up_what_their_batch_may_become_as_all_others_do()
    {
        string schema = $$$"""{"type":"array","items":{"type":"record","name":"Y","fields":[{"name":"{{{LongName}}}","type":"null"}]}}""";
        int id = (await proxy.Schemas.RegisterAsync("never-held-value", SchemaTypes.Avro, schema, [], default)).Found!.Id;
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        for (int i = 0; i < 100; i++) builder.Append(0, null, new byte[] { 0, 0, 0, 0, (byte)id, 0x90, 0x4e, 0 });
        using RecordsLease batch = builder.Build();
        var memory = new ReaderMemory(8 << 20);
        using var turns = Turns.OfProcessors();
        using var reading = new RecordReading(memory);
        await reading.Schemas.LoadAsync(proxy.Schemas, batch.Memory, 0, 100, reading, turns, default);
        string?[] shown = Shown(batch.Memory, reading);
        // Each costs some megabytes of the 64 there are for a batch, and from then on nothing.
        Assert.Equal(("too_large", "base64"), (shown[0], shown[99]));
        Assert.InRange(shown.Count(static encoding => encoding == "too_large"), 5, 50);
    }

    private static string?[] Shown(ReadOnlyMemory<byte> batch, RecordReading reading)
    {
        using var page = new PageBuffer(reading.Share);
        using var json = new System.Text.Json.Utf8JsonWriter(page);
        using var writer = new RecordJson(EmbeddedFormat.Avro, reading.Schemas, memory: reading.Share);
        writer.StartBatch();
        reading.Open(batch, isKept: false);
        var shown = new List<string?>();
        while (reading.TryRead(out RecordView record))
        {
            page.Reset(int.MaxValue);
            writer.WriteOne(json, page, "t", 0, record);
            shown.Add((string?)JsonNode.Parse(page.Written.Span)!["value_encoding"]);
        }
        return [.. shown];
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
