using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Cli.Registry;

/// <summary>Requests to a schema registry over HTTP; the first of its addresses that answers is asked.</summary>
/// <param name="hosts">Addresses of the same registry.</param>
/// <param name="handler">How requests are sent; disposed with this.</param>
public sealed class RegistryConnection(IReadOnlyList<Uri> hosts, HttpMessageHandler handler) : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024 * 1024;
    private const string MediaType = "application/vnd.schemaregistry.v1+json";

    private readonly HttpClient _http = new(handler) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = MaxAnswerBytes };

    /// <summary>Sends a request and gives what came back, whatever its status. Every operation of a registry may be sent twice.</summary>
    /// <exception cref="CommandException">No address answers.</exception>
    public async ValueTask<RegistryAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancel)
    {
        Exception? unreachable = null;
        foreach (Uri host in hosts)
        {
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(host.ToString().TrimEnd('/') + path));
                if (body is not null)
                {
                    request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
                    request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
                }
                using HttpResponseMessage response = await _http.SendAsync(request, cancel);
                return new RegistryAnswer(host, path, response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancel));
            }
            catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                unreachable = failure;
            }
        }
        string addresses = string.Join(", ", hosts);
        throw new CommandException(
            $"no schema registry answers at {addresses}: {unreachable?.Message}; -X registry.hosts=host:port chooses another one", unreachable!);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}

/// <summary>What a registry answered.</summary>
/// <param name="Host">The address that answered.</param>
/// <param name="Path">What it was asked for.</param>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Body">The bytes of the answer.</param>
public sealed record RegistryAnswer(Uri Host, string Path, HttpStatusCode Status, byte[] Body)
{
    /// <summary>Whether it did what was asked.</summary>
    public bool Succeeded => (int)Status is >= 200 and < 300;

    /// <summary>The answer as JSON.</summary>
    /// <exception cref="CommandException">It is an error, or no JSON as registries answer it.</exception>
    public JsonElement Json => Succeeded ? Parse() ?? throw NoRegistry() : throw Refused();

    /// <summary>The registry's own error code, such as 40401; 0 where it gave none.</summary>
    public int ErrorCode => Parse() is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("error_code", out JsonElement code)
        && code.TryGetInt32(out int number) ? number : 0;

    /// <summary>The registry's own words about an error; null where it gave none.</summary>
    public string? Message => Parse() is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("message", out JsonElement message)
        && message.ValueKind == JsonValueKind.String ? message.GetString() : null;

    /// <summary>The answer to somebody who expected success.</summary>
    public CommandException Refused()
    {
        string answer = $"the schema registry at {Host} answers {(int)Status} to {Path}{(Message is { } message ? $": {message}" : "")}";
        return Status == HttpStatusCode.NotFound ? new SchemaNotFoundException(answer) : new CommandException(answer);
    }

    /// <summary>The answer to somebody who expected a registry.</summary>
    public CommandException NoRegistry() =>
        new($"{Host} does not answer as a schema registry does; -X registry.hosts=host:port chooses another address");

    private JsonElement? Parse()
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
