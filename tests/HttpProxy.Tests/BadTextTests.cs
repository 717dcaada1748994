using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>Strings that are no text, as bytes and as escapes, wherever a request may hold strings (~ stands for them).</summary>
public sealed class BadTextTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private static readonly byte[][] BadBytes = [[0xff], [0xc3], [0xed, 0xa0, 0x80]];

    private static byte[] With(string body, byte[] bad) => [.. Encoding.UTF8.GetBytes(body).SelectMany(one => one == '~' ? bad : [one])];

    [Theory]
    [InlineData("", """{"name":"~"}""")]
    [InlineData("", """{"~":"a"}""")]
    [InlineData("", """{"format":"~"}""")]
    [InlineData("/subscription", """{"topics":["~"]}""")]
    [InlineData("/subscription", """{"topic_pattern":"~"}""")]
    [InlineData("/subscription", """{"~":1}""")]
    [InlineData("/assignments", """{"partitions":[{"topic":"~","partition":0}]}""")]
    [InlineData("/assignments", """{"partitions":[{"topic":"t","partition":"~"}]}""")]
    [InlineData("/positions", """{"offsets":[{"topic":"~","partition":0,"offset":0}]}""")]
    [InlineData("/offsets", """{"offsets":[{"topic":"t","partition":0,"offset":0,"metadata":"~"}]}""")]
    [InlineData("/offsets", """{"offsets":[{"topic":"t","partition":0,"offset":"~"}]}""")]
    public async Task A_command_with_them_is_422(string command, string body)
    {
        string group = proxy.NewName("g");
        string path = $"/consumers/{group}";
        if (command.Length > 0)
            path = (string)(await proxy.Http.PostAsync(path, HttpCalls.V2, "{}")).Json["base_uri"]! + command;
        foreach (byte[] bad in BadBytes)
        {
            Answer answer = await proxy.Http.SendAsync(HttpMethod.Post, path, HttpCalls.V2, With(body, bad), null);
            answer.Refused(422, 422);
            Assert.Equal("The request is not UTF-8.", (string?)answer.Json["message"]);
        }
        foreach (string escape in new[] { "\\ud800", "\\udc00", "\\ud800x", "\\ud800\\ud800" })
        {
            Answer answer = await proxy.Http.PostAsync(path, HttpCalls.V2, body.Replace("~", escape, StringComparison.Ordinal));
            answer.Refused(422, 422);
            Assert.Equal("The request has a string that is no text.", (string?)answer.Json["message"]);
        }
    }

    [Theory]
    [InlineData(HttpCalls.V2Json, """{"records":[{"value":"~"}]}""")]
    [InlineData(HttpCalls.V2Json, """{"records":[{"value":{"~":1}}]}""")]
    [InlineData(HttpCalls.V2Json, """{"records":[{"value":1,"headers":[{"key":"~"}]}]}""")]
    [InlineData(HttpCalls.V2Json, """{"records":[{"value":1,"headers":[{"key":"a","value":"~"}]}]}""")]
    [InlineData(HttpCalls.V2Json, """{"records":[{"value":1,"partition":"~"}]}""")]
    [InlineData(HttpCalls.V2Json, """{"records":[{"value":1,"~":1}]}""")]
    [InlineData(HttpCalls.V2Json, """{"records":[{"value":1}],"~":1}""")]
    [InlineData(HttpCalls.V2Binary, """{"records":[{"value":"~"}]}""")]
    [InlineData(HttpCalls.V2Avro, """{"records":[{"value":"~"}],"value_schema":"\"string\""}""")]
    [InlineData(HttpCalls.V2Avro, """{"records":[{"value":"a"}],"value_schema":"~"}""")]
    [InlineData(HttpCalls.V2Avro, """{"records":[{"value":"a"}],"value_schema_id":"~"}""")]
    public async Task A_produce_request_with_such_bytes_is_422_and_stores_nothing(string type, string body)
    {
        string topic = await proxy.NewTopicAsync();
        foreach (byte[] bad in BadBytes)
        {
            Answer answer = await proxy.Http.SendAsync(HttpMethod.Post, $"/topics/{topic}", type, With(body, bad), null);
            answer.Refused(422, 422);
            Assert.Equal("Invalid produce request: the request is not UTF-8.", (string?)answer.Json["message"]);
        }
        Assert.Equal("[]", (await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/records")).Text);
    }

    // As a plain JSON value a lone surrogate is JSON all the same, so that format keeps it.
    [Theory]
    [InlineData(HttpCalls.V2Json, 422, """{"records":[{"value":1,"headers":[{"key":"~"}]}]}""")]
    [InlineData(HttpCalls.V2Json, 422, """{"records":[{"value":1,"headers":[{"key":"a","value":"~"}]}]}""")]
    [InlineData(HttpCalls.V2Json, 422, """{"records":[{"value":1,"partition":"~"}]}""")]
    [InlineData(HttpCalls.V2Json, 422, """{"records":[{"value":1,"~":1}]}""")]
    [InlineData(HttpCalls.V2Json, 422, """{"records":[{"value":1}],"~":1}""")]
    [InlineData(HttpCalls.V2Binary, 400, """{"records":[{"value":"~"}]}""")]
    [InlineData(HttpCalls.V2Avro, 42205, """{"records":[{"value":"~"}],"value_schema":"\"string\""}""")]
    [InlineData(HttpCalls.V2Avro, 42205, """{"records":[{"value":{"~":1}}],"value_schema":"{\"type\":\"map\",\"values\":\"int\"}"}""")]
    [InlineData(HttpCalls.V2Avro, 42205, """{"records":[{"value":{"~":1}}],"value_schema":"[\"null\",\"int\"]"}""")]
    [InlineData(HttpCalls.V2Avro, 42205, """{"records":[{"value":{"~":1}}],"value_schema":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}"}""")]
    [InlineData(HttpCalls.V2JsonSchema, 42205, """{"records":[{"value":{"~":1}}],"value_schema":"true"}""")]
    [InlineData(HttpCalls.V2Protobuf, 42205, """{"records":[{"value":{"~":1}}],"value_schema":"syntax = \"proto3\"; message M { int32 a = 1; }"}""")]
    [InlineData(HttpCalls.V2Protobuf, 42205, """{"records":[{"value":{"a":{"~":1}}}],"value_schema":"syntax = \"proto3\"; message M { map<string, int32> a = 1; }"}""")]
    [InlineData(HttpCalls.V2Avro, 422, """{"records":[{"value":"a"}],"value_schema":"~"}""")]
    [InlineData(HttpCalls.V2Avro, 422, """{"records":[{"value":"a"}],"value_schema_id":"~"}""")]
    public async Task A_produce_request_with_such_escapes_is_refused_and_stores_nothing(string type, int code, string body)
    {
        string topic = await proxy.NewTopicAsync();
        foreach (string escape in new[] { "\\ud800", "\\udc00", "\\ud800x", "\\ud800\\ud800" })
        {
            Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", type, body.Replace("~", escape, StringComparison.Ordinal));
            answer.Refused(code == 400 ? 400 : 422, code);
        }
        Assert.Equal("[]", (await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/records")).Text);
    }
}
