using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Consumers;

/// <summary>Settings and commands of consumer instances as clients write them, and those that are none (http-proxy §3.5).</summary>
public sealed class ConsumerCommandTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Theory]
    [InlineData("""{"format":"xml"}""", 422, 42204)]
    [InlineData("""{"format":"json","what":1}""", 422, 42204)]
    [InlineData("""{"auto.offset.reset":"middle"}""", 422, 42204)]
    [InlineData("""{"auto.commit.enable":"maybe"}""", 422, 42204)]
    [InlineData("""{"consumer.request.timeout.ms":-1}""", 422, 42204)]
    [InlineData("""{"commit.semantics":"guess"}""", 422, 42204)]
    [InlineData("""{"fetch.min.bytes":"-2"}""", 422, 40001)]
    [InlineData("""{"fetch.min.bytes":10000001}""", 422, 40001)]
    [InlineData("""{""", 422, 422)]
    [InlineData("""[]""", 422, 422)]
    [InlineData("""{"format":"json","f\u006frmat":"binary"}""", 422, 422)]
    public async Task A_wrong_consumer_configuration_is_refused(string body, int status, int code) =>
        (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, body)).Refused(status, code);

    [Fact]
    public async Task A_number_that_is_out_of_range_is_told_its_range()
    {
        Answer refused = await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, """{"consumer.request.timeout.ms":99999999999}""");
        refused.Refused(422, 42204);
        Assert.Contains("must be from 0 to 2147483647", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_that_is_there_twice_is_named() => Assert.Contains(
        "'fetch.min.bytes'",
        (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, """{"fetch.min.bytes":1,"fetch.min.bytes":2}""")).Text,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"id":"x","format":"BINARY","enable.auto.commit":true,"fetch.min.bytes":-1,"consumer.request.timeout.ms":"100"}""")]
    [InlineData("""{"auto.commit.enable":false,"fetch.min.bytes":"1"}""")]
    [InlineData("")]
    public async Task Numbers_and_booleans_may_be_strings_and_all_may_be_left_out(string body) =>
        Assert.Equal(200, (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, body)).Status);

    [Fact]
    public async Task A_name_is_taken_only_once_in_a_group()
    {
        string group = proxy.NewName("group");
        await proxy.Http.PostAsync($"/consumers/{group}", HttpCalls.V2, """{"name":"c"}""");
        (await proxy.Http.PostAsync($"/consumers/{group}", HttpCalls.V2, """{"name":"c"}""")).Refused(409, 40902);
        Assert.Equal(200, (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, """{"name":"c"}""")).Status);
    }

    [Theory]
    [InlineData("GET", "/records", null)]
    [InlineData("GET", "/subscription", null)]
    [InlineData("GET", "/assignments", null)]
    [InlineData("GET", "/offsets?topic=t&partition=0", null)]
    [InlineData("POST", "/offsets", "{}")]
    [InlineData("POST", "/subscription", """{"topics":["t"]}""")]
    [InlineData("POST", "/assignments", """{"partitions":[]}""")]
    [InlineData("POST", "/positions", """{"offsets":[]}""")]
    [InlineData("POST", "/positions/beginning", """{"partitions":[]}""")]
    [InlineData("POST", "/positions/end", """{"partitions":[]}""")]
    [InlineData("DELETE", "/subscription", null)]
    [InlineData("DELETE", "", null)]
    public async Task An_unknown_instance_is_40403(string method, string path, string? body)
    {
        byte[]? bytes = body is null ? null : System.Text.Encoding.UTF8.GetBytes(body);
        (await proxy.Http.SendAsync(new HttpMethod(method), $"/consumers/g/instances/nobody{path}", HttpCalls.V2, bytes, null)).Refused(404, 40403);
    }

    [Theory]
    [InlineData("/subscription", "{}")]
    [InlineData("/subscription", """{"topics":"t"}""")]
    [InlineData("/subscription", """{"topics":[1]}""")]
    [InlineData("/subscription", "")]
    [InlineData("/assignments", "{}")]
    [InlineData("/assignments", """{"partitions":[{"topic":"t"}]}""")]
    [InlineData("/positions", "{}")]
    [InlineData("/positions", """{"offsets":[{"topic":"t","partition":0,"offset":-1}]}""")]
    [InlineData("/positions", """{"timestamps":[{"topic":"t","partition":0,"timestamp":"noon"}]}""")]
    [InlineData("/offsets", """{"offsets":[{"partition":0,"offset":1}]}""")]
    [InlineData("/offsets", """{"offsets":5}""")]
    [InlineData("/offsets", """{"offsets":[{"topic":"t","partition":0,"offset":1}],"partitions":[]}""")]
    [InlineData("/offsets", """{"offsets":[{"topic":"t","partition":0,"offset":1,"offset":2}]}""")]
    [InlineData("/positions", """{"offsets":[],"offsets":[]}""")]
    [InlineData("/subscription", """{"topics":["t"],"topics":["u"]}""")]
    [InlineData("/offsets", "nonsense")]
    public async Task A_body_that_is_not_the_command_is_422(string path, string body)
    {
        string uri = await proxy.CreatedAsync(proxy.NewName("group"), ConsumerCalls.Earliest);
        (await proxy.Http.PostAsync($"{uri}{path}", HttpCalls.V2, body)).Refused(422, 422);
    }

    [Fact]
    public async Task Commands_of_another_content_type_are_415()
    {
        string uri = await proxy.CreatedAsync(proxy.NewName("group"), ConsumerCalls.Earliest);
        (await proxy.Http.PostAsync($"{uri}/subscription", "text/plain", """{"topics":["t"]}""")).Refused(415, 415);
        (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", "application/xml", "{}")).Refused(415, 415);
    }

    [Fact]
    public async Task Reading_without_a_subscription_is_40903() =>
        (await proxy.Http.AskAsync($"{await proxy.CreatedAsync(proxy.NewName("group"), ConsumerCalls.Earliest)}/records")).Refused(409, 40903);
}
