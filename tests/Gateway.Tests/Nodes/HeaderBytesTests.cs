using System.Text;
using System.Text.Json;

namespace Gateway.Tests.Nodes;

/// <summary>Headers with bytes that are no UTF-8: harmless where nobody reads them, refused in the dialect's words where somebody does.</summary>
[Collection(SharedNode.Name)]
public sealed class HeaderBytesTests(TestNode node)
{
    [Fact]
    public async Task A_header_nobody_reads_may_hold_anything()
    {
        foreach (string url in new[] { node.Registry + "/subjects", node.Proxy + "/topics", node.Admin + "/openapi/admin.yaml" })
            Assert.Equal(200, (await SendAsync(HttpMethod.Get, url, "X-Anything", null)).Status);
    }

    [Fact]
    public async Task An_idempotency_key_that_is_no_text_is_refused_with_an_error_of_the_dialect()
    {
        (int status, string text) = await SendAsync(HttpMethod.Post, node.Proxy + "/topics/any", "Idempotency-Key", """{"records":[{"value":1}]}""");
        using JsonDocument error = JsonDocument.Parse(text);
        Assert.Equal((400, 400), (status, error.RootElement.GetProperty("error_code").GetInt32()));
    }

    private static async Task<(int Status, string Text)> SendAsync(HttpMethod method, string url, string header, string? body)
    {
        using var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1 });
        using var request = new HttpRequestMessage(method, url);
        Assert.True(request.Headers.TryAddWithoutValidation(header, "\u00e9"));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
