using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Consumers;

/// <summary>Consumer instances have names that an address leads to, or none at all (http-proxy §3.5).</summary>
public sealed class ReachableNameTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a%2fb")]
    public async Task A_name_no_address_leads_to_is_refused(string name)
    {
        HttpClient single = await proxy.StartAsync(new ProxyOptions { MaxConsumerInstances = 1 });
        (await CreateAsync("group", name, single)).Refused(422, 42204);
        // It has taken nobody's place.
        Assert.Equal(200, (await CreateAsync("group", "name", single)).Status);
    }

    [Theory]
    [InlineData("a\nb", "a\u240ab")]
    [InlineData("\u007f", "\u2421")]
    [InlineData("a\u0085", "a\ufffd")]
    public async Task Control_characters_are_refused_alike_in_bodies_paths_and_parameters(string name, string shown)
    {
        string escaped = Uri.EscapeDataString(name), topic = await proxy.NewTopicAsync();
        (string Parameter, Answer Answer)[] answers =
        [
            ("name", await CreateAsync("group", name)),
            ("group", await CreateAsync(name, "name")),
            ("topic", await proxy.Http.AskAsync($"/topics/{escaped}")),
            ("instance", await proxy.Http.AskAsync($"/consumers/group/instances/{escaped}/subscription")),
            ("group", await proxy.Http.AskAsync($"/topics/{topic}/records?group={escaped}")),
            ("group", await proxy.Http.PostAsync($"/topics/{topic}/records:commit", HttpCalls.V2, new JsonObject { ["group"] = name, ["cursor"] = "AAAA" }.ToJsonString())),
        ];
        foreach ((string parameter, Answer answer) in answers)
        {
            answer.Refused(400, 40002);
            Assert.Equal($"Parameter {parameter} contains control characters: {shown}", (string?)answer.Json["message"]);
        }
    }

    [Fact]
    public async Task Names_are_as_long_as_those_of_Kafka()
    {
        string longest = new('\u20ac', 249);
        await IsReachedAsync(longest, longest);
        (await CreateAsync(longest, longest + "x")).Refused(422, 42204);
        (await CreateAsync(longest + "x", "name")).Refused(422, 42204);
        (await CreateAsync("group", new string('x', 30_000))).Refused(422, 42204);
    }

    [Theory]
    [InlineData("\u00fc")]
    [InlineData("a/b")]
    [InlineData("../b")]
    [InlineData("a b ")]
    [InlineData("...")]
    [InlineData("%")]
    [InlineData("%41")]
    [InlineData("\"")]
    [InlineData("{x}")]
    [InlineData("?#;&=+\\")]
    [InlineData("\ud83d\ude00")]
    public Task Any_other_name_is_reached_at_its_address(string name) => IsReachedAsync(proxy.NewName("group") + name, name);

    private async Task IsReachedAsync(string group, string name)
    {
        Answer created = await CreateAsync(group, name);
        Assert.True(created.Status == 200, created.Text);
        Assert.Equal(name, (string?)created.Json["instance_id"]);
        string uri = (string)created.Json["base_uri"]!;
        Assert.Equal(200, (await proxy.Http.AskAsync($"{uri}/subscription")).Status);
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, uri, null, null, null)).Status);
    }

    private Task<Answer> CreateAsync(string group, string name, HttpClient? http = null) =>
        (http ?? proxy.Http).PostAsync($"/consumers/{Uri.EscapeDataString(group)}", HttpCalls.V2, new JsonObject { ["name"] = name }.ToJsonString());
}
