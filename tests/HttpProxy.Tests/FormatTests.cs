using System.Text.Json.Nodes;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>The six formats by each way in and out.</summary>
public sealed class FormatTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Avro = """{"type":"record","name":"R","fields":[{"name":"n","type":"int"}]}""";
    private const string JsonSchema = """{"type":"object","properties":{"n":{"type":"integer"}}}""";
    private const string Protobuf = "syntax = \"proto3\"; message R { int32 n = 1; }";

    [Theory]
    [InlineData("binary", "\"/wA=\"", null)]
    [InlineData("json", "{\"n\":1}", null)]
    [InlineData("text", "\"gr\u00fc\u00dfe\"", null)]
    [InlineData("avro", "{\"n\":1}", Avro)]
    [InlineData("jsonschema", "{\"n\":1}", JsonSchema)]
    [InlineData("protobuf", "{\"n\":1}", Protobuf)]
    public async Task Every_format_goes_in_and_out_by_every_way(string format, string value, string? schema)
    {
        string type = $"application/vnd.kafka.{format}.v2+json";
        string topic = await proxy.NewTopicAsync();
        string withSchema = schema is null ? "" : $"\"value_schema\":{JsonValue.Create(schema)!.ToJsonString()},";
        // In: as a request, then as lines, which take the newest schema of the subject.
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", type, $$"""{{{withSchema}}"records":[{"value":{{value}}}]}""")).Status);
        Answer lines = await proxy.Http.PostAsync($"/topics/{topic}?format={format}", "application/x-ndjson", $$"""{"value":{{value}}}""");
        Assert.Equal((200, 1L), (lines.Status, (long?)lines.Json["offsets"]?[0]?["offset"]));

        // Out: fetch, instance, stream. An absent encoding says that the value stands in the format itself.
        JsonNode expected = JsonNode.Parse(value)!;
        Answer fetched = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", type);
        Assert.Equal((200, type), (fetched.Status, fetched.ContentType));
        Same(expected, fetched.Json.AsArray());
        Same(expected, await ConsumeAsync(topic, format, type));
        Answer stream = await proxy.Http.GetAsync($"/topics/{topic}/records?until=end&format={format}", "application/x-ndjson");
        Same(expected, [.. stream.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line))]);
    }

    [Fact]
    public void All_formats_are_in_the_table_above() =>
        Assert.Equal(
            EmbeddedFormats.All.Select(EmbeddedFormats.NameOf).Order(StringComparer.Ordinal),
            new[] { "binary", "json", "text", "avro", "jsonschema", "protobuf" }.Order(StringComparer.Ordinal));

    private static void Same(JsonNode value, JsonArray records)
    {
        Assert.Equal(2, records.Count);
        Assert.All(records, record => Assert.Equal((value.ToJsonString(), null), (record!["value"]!.ToJsonString(), (string?)record["value_encoding"])));
    }

    private async Task<JsonArray> ConsumeAsync(string topic, string format, string type)
    {
        string instance = (string)(await proxy.Http.PostAsync(
            $"/consumers/{proxy.NewName("g")}", HttpCalls.V2, $$"""{"format":"{{format}}","auto.offset.reset":"earliest"}""")).Json["base_uri"]!;
        await proxy.Http.PostAsync($"{instance}/assignments", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""");
        return (await proxy.Http.GetAsync($"{instance}/records?timeout=30000", type)).Json.AsArray();
    }
}
