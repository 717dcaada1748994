using System.Net;

namespace Gateway.Tests.Nodes;

/// <summary>Swagger UI reaches the other doors; pages of others do not.</summary>
[Collection(SharedNode.Name)]
public sealed class BrowserAccessTests(TestNode node)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_preflight_of_the_admin_page_is_granted(bool proxy)
    {
        using HttpResponseMessage answer = await PreflightAsync(proxy ? node.Proxy + "/topics/t" : node.Registry + "/subjects/s/versions", node.Admin);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(node.Admin, Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("POST", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Methods")), StringComparison.Ordinal);
        Assert.Equal("content-type", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    [Fact]
    public async Task A_preflight_of_any_other_page_is_not()
    {
        using HttpResponseMessage answer = await PreflightAsync(node.Registry + "/subjects/s/versions", "http://evil.example");
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task The_pages_are_there_and_ask_nobody_else()
    {
        string page = await node.Http.GetStringAsync(node.Admin + "/");
        Assert.Contains("swagger-ui", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        string script = await node.Http.GetStringAsync(node.Admin + "/swagger/index.js");
        foreach (string document in Gateway.Admin.ApiDocuments.Names) Assert.Contains($"/openapi/{document}", script, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PreflightAsync(string url, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, url);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        return node.Http.SendAsync(request);
    }
}
