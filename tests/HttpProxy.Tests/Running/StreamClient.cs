using System.Text.Json.Nodes;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>An event of a stream, or a line of one.</summary>
public sealed record StreamEvent(string Name, string? Id, string Data)
{
    public JsonNode Json => JsonNode.Parse(Data)!;

    /// <summary>Which record it is.</summary>
    public (int Partition, long Offset) Place => ((int)Json["partition"]!, (long)Json["offset"]!);
}

/// <summary>Reads a stream of records as a client does.</summary>
public sealed class StreamClient : IDisposable
{
    // Far above what any test waits for; without it a fault would hang the run.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _text;

    private StreamClient(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _text = new StreamReader(body);
    }

    public int Status => (int)_response.StatusCode;

    public string? ContentType => _response.Content.Headers.ContentType?.ToString();

    public HttpResponseMessage Response => _response;

    public static async Task<StreamClient> OpenAsync(HttpClient http, string path, string accept = "text/event-stream", string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = http.DefaultRequestVersion, VersionPolicy = http.DefaultVersionPolicy };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new StreamClient(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next line; null at the stream's end.</summary>
    public async Task<string?> LineAsync() => await _text.ReadLineAsync().WaitAsync(s_patience);

    public async Task<string> RestAsync() => await _text.ReadToEndAsync().WaitAsync(s_patience);

    /// <summary>The next event, by the rules of WHATWG HTML 9.2.6; null at the stream's end. One without data changes the id only.</summary>
    public async Task<StreamEvent?> NextAsync()
    {
        (string name, string? id, string? data) = ("message", null, null);
        while (await LineAsync() is { } line)
        {
            if (line.Length == 0 && data is not null) return new StreamEvent(name, id ?? LastId, data);
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string value = colon < 0 ? "" : line[(colon + 1)..].TrimStart(' ');
            switch (colon < 0 ? line : line[..colon])
            {
                case "event": name = value; break;
                case "id": LastId = id = value; break;
                case "data": data = data is null ? value : data + "\n" + value; break;
            }
        }
        return null;
    }

    /// <summary>The id of the last event, or of none at the start.</summary>
    public string? LastId { get; private set; }

    /// <summary>The next events that hold records.</summary>
    public async Task<List<StreamEvent>> TakeAsync(int count)
    {
        var events = new List<StreamEvent>();
        while (events.Count < count)
        {
            StreamEvent next = await NextAsync() ?? throw new EndOfStreamException($"The stream ended after {events.Count} of {count} records.");
            if (next.Name is "record" or "tombstone") events.Add(next);
            else Assert.Equal("heartbeat", next.Name);
        }
        return events;
    }

    public void Dispose()
    {
        _text.Dispose();
        _response.Dispose();
    }
}
