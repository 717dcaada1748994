using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>The format <c>text</c>: strings, stored as UTF-8.</summary>
public sealed class TextFormatTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string V2Text = "application/vnd.kafka.text.v2+json";

    [Fact]
    public async Task Strings_are_stored_as_utf8_and_come_back()
    {
        string topic = await proxy.NewTopicAsync();
        Answer produced = await proxy.Http.PostAsync(
            $"/topics/{topic}", V2Text, """{"records":[{"key":"k","value":"Gr\u00fc\u00dfe \ud83d\ude00\n"},{"value":""},{"key":null,"value":null}]}""");
        Assert.Equal(200, produced.Status);
        Answer text = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", V2Text);
        Assert.Equal((200, V2Text), (text.Status, text.ContentType));
        Assert.Equal(
            [("k", "Grüße 😀\n", null), (null, "", null), (null, null, null)],
            text.Json.AsArray().Select(record => ((string?)record!["key"], (string?)record["value"], (string?)record["value_encoding"])));
        Answer binary = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Binary);
        Assert.Equal(Convert.ToBase64String("Grüße 😀\n"u8), (string?)binary.Json[0]!["value"]);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_stand_as_base64()
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Binary, """{"records":[{"value":"/w=="}]}""");
        Answer text = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", V2Text);
        Assert.Equal(("/w==", "base64"), ((string?)text.Json[0]!["value"], (string?)text.Json[0]!["value_encoding"]));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("\"\\ud800\"")]
    public async Task What_is_no_string_is_refused(string value)
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.PostAsync($"/topics/{topic}", V2Text, $$"""{"records":[{"value":{{value}}}]}""")).Refused(400, 400);
    }

    [Fact]
    public async Task An_instance_may_have_the_format()
    {
        Answer made = await proxy.Http.PostAsync($"/consumers/{proxy.NewName("g")}", HttpCalls.V2, """{"format":"text"}""");
        Assert.Equal(200, made.Status);
    }
}
