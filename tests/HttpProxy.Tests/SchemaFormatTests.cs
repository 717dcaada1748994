using System.Text;
using System.Text.Json.Nodes;
using Gateway.Client.Producing;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Schemas;

namespace Gateway.HttpProxy.Tests;

/// <summary>The formats jsonschema and protobuf, and how the three with schemas live beside each other.</summary>
public sealed class SchemaFormatTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Proto = "syntax = \"proto3\"; package shop; message Order { string id = 1; int64 cents = 2; message Line { string sku = 1; } } message Other { bool yes = 1; }";
    private const string Schema = """{"type":"object","properties":{"id":{"type":"string"},"cents":{"type":"integer"}},"required":["id"]}""";

    private static string Quoted(string text) => JsonValue.Create(text).ToJsonString();

    private async Task<JsonArray> ReadAsync(string topic, string type) =>
        (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", type)).Json.AsArray();

    [Fact]
    public async Task Json_goes_in_checked_and_comes_out_as_it_was()
    {
        string topic = await proxy.NewTopicAsync();
        Answer produced = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2JsonSchema, $$$"""
            {"records":[{"key":"k","value":{ "id" : "ö", "cents": 12345678901234567890 } },{"value":null}],
             "value_schema":{{{Quoted(Schema)}}},"key_schema":"{\"type\":\"string\"}"}
            """);
        Assert.Equal(200, produced.Status);
        int id = (int)produced.Json["value_schema_id"]!;
        JsonArray records = await ReadAsync(topic, HttpCalls.V2JsonSchema);
        Assert.Equal(("\"k\"", """{"id":"ö","cents":12345678901234567890}"""), (records[0]!["key"]!.ToJsonString(), Relaxed(records[0]!["value"]!)));
        Assert.Null(records[1]!["value"]);
        byte[] stored = Convert.FromBase64String((string)(await ReadAsync(topic, HttpCalls.V2Binary))[0]!["value"]!);
        Assert.Equal([0, 0, 0, 0, (byte)id, .. """{"id":"ö","cents":12345678901234567890}"""u8], stored);
    }

    [Fact]
    public async Task Json_keeps_the_letters_and_escapes_it_was_written_with()
    {
        const string Value = """{"id":"😀 \ud83d\ude00 \u00e9 é \/","more":[1.0,1e2,"𠜎"]}""";
        string topic = await proxy.NewTopicAsync();
        Answer produced = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2JsonSchema, $$$"""{"records":[{"value": {{{Value}}} }],"value_schema":{{{Quoted(Schema)}}}}""");
        Assert.Equal(200, produced.Status);
        byte[] stored = Convert.FromBase64String((string)(await ReadAsync(topic, HttpCalls.V2Binary))[0]!["value"]!);
        Assert.Equal(Value, Encoding.UTF8.GetString(stored.AsSpan(5)));
        Answer read = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2JsonSchema);
        Assert.Contains($"\"value\":{Value},", read.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Protobuf_goes_in_and_comes_out_as_json()
    {
        string topic = await proxy.NewTopicAsync();
        Answer produced = await proxy.Http.PostAsync(
            $"/topics/{topic}", HttpCalls.V2Protobuf, $$$"""{"records":[{"value":{"id":"a","cents":"5"}},{"value":{}}],"value_schema":{{{Quoted(Proto)}}}}""");
        Assert.Equal(200, produced.Status);
        int id = (int)produced.Json["value_schema_id"]!;
        JsonArray binary = await ReadAsync(topic, HttpCalls.V2Binary);
        Assert.Equal([0, 0, 0, 0, (byte)id, 0, 0x0a, 1, (byte)'a', 0x10, 5], Convert.FromBase64String((string)binary[0]!["value"]!));
        Assert.Equal([0, 0, 0, 0, (byte)id, 0], Convert.FromBase64String((string)binary[1]!["value"]!));

        // What other serialisers write: a second message of the file, and one inside the first.
        await using Producer producer = proxy.Client.CreateProducer();
        await producer.ProduceAsync(topic, null, new byte[] { 0, 0, 0, 0, (byte)id, 2, 2, 8, 1 });
        await producer.ProduceAsync(topic, null, new byte[] { 0, 0, 0, 0, (byte)id, 4, 0, 0, 0x0a, 1, (byte)'s' });
        await producer.ProduceAsync(topic, null, new byte[] { 0, 0, 0, 0, (byte)id, 2, 6, 8, 1 });
        JsonArray records = await ReadAsync(topic, HttpCalls.V2Protobuf);
        Assert.Equal(
            ["""{"id":"a","cents":"5"}""", "{}", """{"yes":true}""", """{"sku":"s"}"""], records.Take(4).Select(record => record!["value"]!.ToJsonString()));
        Assert.Equal("base64", (string?)records[4]!["value_encoding"]);
    }

    [Theory]
    [InlineData(HttpCalls.V2JsonSchema, """{"records":[{"value":{"id":"a"}},{"value":{"cents":1}}],"value_schema":SCHEMA}""", 42205, "records[1].value does not fit schema ")]
    [InlineData(HttpCalls.V2Protobuf, """{"records":[{"key":{"id":5}}],"key_schema":PROTO}""", 42205, "records[0].key does not fit schema ")]
    [InlineData(HttpCalls.V2Protobuf, """{"records":[{"value":{"nope":5}}],"value_schema":PROTO}""", 42205, "records[0].value does not fit schema ")]
    [InlineData(HttpCalls.V2Protobuf, """{"records":[{"value":{"id":"\ud800"}}],"value_schema":PROTO}""", 42205, "records[0].value does not fit schema ")]
    [InlineData(HttpCalls.V2JsonSchema, """{"records":[{"value":{"id":"\ud800"}}],"value_schema":SCHEMA}""", 42205, "records[0].value does not fit schema ")]
    [InlineData(HttpCalls.V2Avro, """{"records":[{"value":"\ud800"}],"value_schema":"\"string\""}""", 42205, "records[0].value does not fit schema ")]
    [InlineData(HttpCalls.V2Protobuf, """{"records":[{"value":{}}],"value_schema":"syntax = \"proto3\";"}""", 42205, "records[0].value does not fit schema ")]
    [InlineData(HttpCalls.V2Protobuf, """{"records":[{"value":1}]}""", 42202, "Values need value_schema or value_schema_id")]
    [InlineData(HttpCalls.V2JsonSchema, """{"records":[{"key":1}]}""", 42201, "Keys need key_schema or key_schema_id")]
    [InlineData(HttpCalls.V2Protobuf, """{"records":[{"value":{}}],"value_schema":"message {"}""", 42205, "Invalid schema")]
    [InlineData(HttpCalls.V2JsonSchema, """{"records":[{"value":{}}],"value_schema":"{\"type\":7}"}""", 42205, "Invalid schema")]
    public async Task What_does_not_fit_has_its_code_and_its_place(string type, string body, int code, string message)
    {
        string topic = await proxy.NewTopicAsync();
        body = body.Replace("SCHEMA", Quoted(Schema), StringComparison.Ordinal).Replace("PROTO", Quoted(Proto), StringComparison.Ordinal);
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", type, body);
        answer.Refused(422, code);
        Assert.StartsWith(message, (string?)answer.Json["message"], StringComparison.Ordinal);
        Assert.Empty(await ReadAsync(topic, HttpCalls.V2Binary));
    }

    [Fact]
    public async Task A_schema_of_another_language_than_the_content_type_is_refused()
    {
        string topic = await proxy.NewTopicAsync();
        int id = (await proxy.Schemas.RegisterAsync($"{topic}-value", SchemaTypes.Protobuf, Proto, [], default)).Found!.Id;
        foreach (string body in new[] { $$$"""{"records":[{"value":{"id":"a"}}],"value_schema_id":{{{id}}}}""", """{"records":[{"value":{"id":"a"}}]}""" })
        {
            Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2JsonSchema, body);
            answer.Refused(422, 42205);
            Assert.Equal($"Schema {id} is of type PROTOBUF; this request's content type asks for JSON.", (string?)answer.Json["message"]);
        }
    }

    [Fact]
    public async Task Each_format_shows_its_own_records_and_the_others_as_base64()
    {
        string topic = await proxy.NewTopicAsync();
        int avro = (await proxy.Schemas.RegisterAsync($"{topic}-a", SchemaTypes.Avro, "\"string\"", [], default)).Found!.Id;
        int json = (await proxy.Schemas.RegisterAsync($"{topic}-j", SchemaTypes.Json, """{"type":"string"}""", [], default)).Found!.Id;
        int protobuf = (await proxy.Schemas.RegisterAsync($"{topic}-p", SchemaTypes.Protobuf, Proto, [], default)).Found!.Id;
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, $$"""{"records":[{"value":"a"}],"value_schema_id":{{avro}}}""");
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2JsonSchema, $$"""{"records":[{"value":"j"}],"value_schema_id":{{json}}}""");
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Protobuf, $$$"""{"records":[{"value":{"id":"p"}}],"value_schema_id":{{{protobuf}}}}""");
        string[] types = [HttpCalls.V2Avro, HttpCalls.V2JsonSchema, HttpCalls.V2Protobuf];
        string[] values = ["\"a\"", "\"j\"", """{"id":"p"}"""];
        for (int shown = 0; shown < types.Length; shown++)
        {
            JsonArray records = await ReadAsync(topic, types[shown]);
            for (int i = 0; i < types.Length; i++)
            {
                Assert.Equal(i == shown ? null : "base64", (string?)records[i]!["value_encoding"]);
                if (i == shown) Assert.Equal(values[i], records[i]!["value"]!.ToJsonString());
            }
        }
    }

    [Fact]
    public async Task Json_that_is_not_valid_by_its_schema_is_shown_since_its_writer_did_not_check_either()
    {
        string topic = await proxy.NewTopicAsync();
        int id = (await proxy.Schemas.RegisterAsync($"{topic}-value", SchemaTypes.Json, Schema, [], default)).Found!.Id;
        await using Producer producer = proxy.Client.CreateProducer();
        await producer.ProduceAsync(topic, null, (byte[])[0, 0, 0, 0, (byte)id, .. "{\"cents\":\"many\"}"u8]);
        await producer.ProduceAsync(topic, null, (byte[])[0, 0, 0, 0, (byte)id, .. "{\"cents\":"u8]);
        JsonArray records = await ReadAsync(topic, HttpCalls.V2JsonSchema);
        Assert.Equal("""{"cents":"many"}""", records[0]!["value"]!.ToJsonString());
        Assert.Equal("base64", (string?)records[1]!["value_encoding"]);
    }

    [Theory]
    [InlineData("jsonschema", HttpCalls.V2JsonSchema, HttpCalls.V2Protobuf)]
    [InlineData("protobuf", HttpCalls.V2Protobuf, HttpCalls.V2Avro)]
    public async Task An_instance_reads_in_the_format_it_was_made_with(string format, string type, string other)
    {
        string topic = await proxy.NewTopicAsync();
        string schema = format == "protobuf" ? Proto : Schema;
        await proxy.Http.PostAsync($"/topics/{topic}", type, $$$"""{"records":[{"value":{"id":"a"}}],"value_schema":{{{Quoted(schema)}}}}""");
        string uri = (string)(await proxy.Http.PostAsync($"/consumers/{proxy.NewName("g")}", HttpCalls.V2, $$"""{"format":"{{format}}","auto.offset.reset":"earliest"}""")).Json["base_uri"]!;
        await proxy.Http.PostAsync($"{uri}/assignments", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""");
        (await proxy.Http.GetAsync($"{uri}/records", other)).Refused(406, 40601);
        Answer answer = await proxy.Http.GetAsync($"{uri}/records?timeout=20000", "*/*");
        Assert.Equal((type, """{"id":"a"}"""), (answer.ContentType, answer.Json[0]!["value"]!.ToJsonString()));
    }

    private static string Relaxed(JsonNode node) => node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
