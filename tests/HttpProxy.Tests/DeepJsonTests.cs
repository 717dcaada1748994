using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>Keys and values nested up to the limit go in and come out; beyond it the answer says the limit.</summary>
public sealed class DeepJsonTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Node = """{"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]}]}""";
    private const string Proto = "syntax = \"proto3\"; message Node { Node next = 1; repeated Node all = 2; }";

    private static string Quoted(string text) => JsonValue.Create(text).ToJsonString();

    private static string Arrays(int levels) => new string('[', levels) + new string(']', levels);

    /// <summary>A list of so many nodes, each two levels: the node and the name of its branch around it.</summary>
    private static string AvroList(int nodes) => Repeat("""{"next":{"Node":""", nodes - 1) + """{"next":null}""" + Repeat("}}", nodes - 1);

    private static string ProtoList(int nodes) => Repeat("""{"next":""", nodes - 1) + "{}" + Repeat("}", nodes - 1);

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();

    private Task<Answer> ProduceAsync(string topic, string type, string value, string? schema) =>
        proxy.Http.PostAsync(
            $"/topics/{topic}", type, $$"""{"records":[{"value":{{value}}}]{{(schema is null ? "" : ",\"value_schema\":" + Quoted(schema))}}}""");

    private async Task<string> OnlyValueAsync(string topic, string type)
    {
        Answer answer = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", type);
        using JsonDocument records = JsonDocument.Parse(answer.Text, new JsonDocumentOptions { MaxDepth = 1000 });
        JsonElement record = Assert.Single(records.RootElement.EnumerateArray());
        Assert.False(record.TryGetProperty("value_encoding", out _), "shown as base64");
        return record.GetProperty("value").GetRawText();
    }

    private async Task RefusedAsync(string topic, Answer answer, int code, string message)
    {
        answer.Refused(422, code);
        Assert.Contains(message, (string?)answer.Json["message"], StringComparison.Ordinal);
        Assert.Equal("[]", (await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/records")).Text);
    }

    [Theory]
    [InlineData(HttpCalls.V2Json, null)]
    [InlineData(HttpCalls.V2JsonSchema, "true")]
    public async Task Json_of_500_levels_goes_through_and_of_501_is_told_the_limit(string type, string? schema)
    {
        string topic = await proxy.NewTopicAsync();
        await RefusedAsync(
            topic, await ProduceAsync(topic, type, Arrays(501), schema), 422, "a key or value is nested more than 500 levels deep, which is the limit");
        Assert.Equal(200, (await ProduceAsync(topic, type, Arrays(500), schema)).Status);
        Assert.Equal(Arrays(500), await OnlyValueAsync(topic, type));
    }

    [Fact]
    public async Task An_avro_list_of_240_records_goes_through_and_a_longer_one_than_the_codec_takes_is_told_the_limit()
    {
        string topic = await proxy.NewTopicAsync();
        await RefusedAsync(
            topic, await ProduceAsync(topic, HttpCalls.V2Avro, AvroList(250), Node), 42205, "nested more than 500 levels deep, which is the limit");
        await RefusedAsync(
            topic, await ProduceAsync(topic, HttpCalls.V2Avro, AvroList(251), Node), 422, "a key or value is nested more than 500 levels deep, which is the limit");
        Assert.Equal(200, (await ProduceAsync(topic, HttpCalls.V2Avro, AvroList(240), Node)).Status);
        Assert.Equal(AvroList(240), await OnlyValueAsync(topic, HttpCalls.V2Avro));
    }

    [Fact]
    public async Task A_protobuf_list_of_500_messages_goes_through_and_a_longer_one_is_told_the_limit()
    {
        string topic = await proxy.NewTopicAsync();
        await RefusedAsync(
            topic, await ProduceAsync(topic, HttpCalls.V2Protobuf, ProtoList(501), Proto), 422, "a key or value is nested more than 500 levels deep, which is the limit");
        Assert.Equal(200, (await ProduceAsync(topic, HttpCalls.V2Protobuf, ProtoList(500), Proto)).Status);
        Assert.Equal(ProtoList(500), await OnlyValueAsync(topic, HttpCalls.V2Protobuf));
    }

    [Fact]
    public async Task A_hundred_thousand_levels_are_refused_in_every_format()
    {
        string topic = await proxy.NewTopicAsync();
        foreach (string type in new[] { HttpCalls.V2Json, HttpCalls.V2Binary, HttpCalls.V2Avro, HttpCalls.V2JsonSchema, HttpCalls.V2Protobuf })
        {
            Answer answer = await ProduceAsync(topic, type, Arrays(100_000), null);
            await RefusedAsync(topic, answer, 422, "parse error at line 1, byte ");
            Assert.EndsWith(": a key or value is nested more than 500 levels deep, which is the limit.", (string?)answer.Json["message"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_no_json_is_still_called_so()
    {
        string topic = await proxy.NewTopicAsync();
        await RefusedAsync(topic, await ProduceAsync(topic, HttpCalls.V2Json, new string('[', 400) + "x", null), 422, "the request is not valid JSON");
    }

    [Fact]
    public async Task A_command_is_told_its_own_limit()
    {
        string group = proxy.NewName("g");
        Answer answer = await proxy.Http.PostAsync($"/consumers/{group}", HttpCalls.V2, $$"""{"name":{{Arrays(32)}}}""");
        answer.Refused(422, 422);
        Assert.EndsWith("the request is nested more than 32 levels deep, which is the limit.", (string?)answer.Json["message"], StringComparison.Ordinal);
    }
}
