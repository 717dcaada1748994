using System.CommandLine;
using System.Globalization;
using Gateway.Bench.Http;
using Gateway.Bench.Load;
using Gateway.Bench.Reports;
using Gateway.Cli;

namespace Gateway.Bench.Commands;

/// <summary>Which HTTP door is loaded, and the run over it.</summary>
/// <param name="defaultUrl">The server when the command line names none.</param>
/// <param name="description">What <c>--help</c> says.</param>
internal sealed class ServerOptions(Func<ParseResult, Uri> defaultUrl, string description)
{
    private readonly Option<string?> _url = new("--url") { Description = description, HelpName = "URL" };

    /// <summary>Adds it to a command.</summary>
    public void AddTo(Command command) => command.Add(_url);

    /// <summary>The server asked for.</summary>
    /// <exception cref="CommandException">It is no http address.</exception>
    public Uri Of(ParseResult parsed)
    {
        if (parsed.GetValue(_url) is not { } asked) return defaultUrl(parsed);
        return Uri.TryCreate(asked, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttp
            ? url
            : throw new CommandException($"--url: '{asked}' is not of the form http://host:port");
    }

    /// <summary>Loads the server with one kind of work on each connection, and reports.</summary>
    /// <param name="load">Where the report goes.</param>
    /// <param name="settings">Rate and time.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="name">The workload.</param>
    /// <param name="connections">How many connections.</param>
    /// <param name="recordsPerRequest">For turning the rate into requests.</param>
    /// <param name="work">Makes the work of a connection.</param>
    /// <param name="told">What the report says of it.</param>
    /// <param name="cancel">Ends it.</param>
    public int Run(
        LoadOptions load, LoadSettings settings, ParseResult parsed, string name, int connections, int recordsPerRequest, Func<int, IHttpWork> work,
        IEnumerable<(string Name, string Value)> told, CancellationToken cancel)
    {
        Uri server = Of(parsed);
        LoadResult result = Lanes.Run(
            connections,
            lane => new HttpLane(lane, server, work(lane)),
            lanes => LoadRun.Execute(
                lanes, settings, settings.RecordsPerSecond / recordsPerRequest, [], load.ServerPidOf(parsed, server.Host, server.Port), LoadOptions.Progress, cancel));
        return load.Tell(parsed, new BenchReport(
            name,
            [("server", server.ToString()), ("connections", connections.ToString(CultureInfo.InvariantCulture)), .. told, .. LoadOptions.Told(settings)],
            result, settings.RecordsPerSecond > 0 ? "from the moment a request was to be sent to its whole answer" : "from sending a request to its whole answer"));
    }

    /// <summary>Asks once, outside the measured part.</summary>
    /// <exception cref="CommandException">The server refused, or is not there.</exception>
    public static async Task<string> AskAsync(HttpMethod method, Uri url, string? contentType, string? body, CancellationToken cancel)
    {
        try
        {
            using var client = new HttpClient();
            using var request = new HttpRequestMessage(method, url);
            if (body is not null) request.Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(contentType!));
            using HttpResponseMessage answer = await client.SendAsync(request, cancel);
            string text = await answer.Content.ReadAsStringAsync(cancel);
            return answer.IsSuccessStatusCode ? text : throw new CommandException($"{method} {url}: {(int)answer.StatusCode} {text}");
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"{method} {url}: {e.Message}; is the server running? --url chooses another", e);
        }
    }
}
