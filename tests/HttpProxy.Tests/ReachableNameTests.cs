using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>Consumer instances have names that an address leads to, or none at all (http-proxy §3.5).</summary>
public sealed class ReachableNameTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a\nb")]
    [InlineData("\u007f")]
    [InlineData("a\u0085")]
    [InlineData("a%2fb")]
    public async Task A_name_no_address_leads_to_is_refused(string name)
    {
        HttpClient single = await proxy.StartAsync(new ProxyOptions { MaxConsumerInstances = 1 });
        (await CreateAsync("group", name, single)).Refused(422, 42204);
        // It has taken nobody's place.
        Assert.Equal(200, (await CreateAsync("group", "name", single)).Status);
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
