using System.Net;

namespace Gateway.Cli.Tests;

/// <summary>Answers a registry client from a table of paths, and notes what was asked.</summary>
internal sealed class FakeRegistry : HttpMessageHandler
{
    private readonly Dictionary<string, (HttpStatusCode Status, string Body)> _answers = [];

    public List<string> Asked { get; } = [];

    public FakeRegistry On(string path, string body, HttpStatusCode status = HttpStatusCode.OK)
    {
        _answers[path] = (status, body);
        return this;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.PathAndQuery;
        Asked.Add(path);
        if (request.RequestUri.Port == 1) throw new HttpRequestException("Connection refused");
        (HttpStatusCode status, string body) = _answers.TryGetValue(path, out var answer)
            ? answer
            : (HttpStatusCode.NotFound, """{"error_code":40403,"message":"Schema not found"}""");
        return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
    }
}
