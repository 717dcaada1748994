using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Client.Fetching;
using Gateway.Common.Bodies;
using Gateway.Common.Json;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Http;

/// <summary>One request with what every endpoint needs of it: names from the path, numbers from the query, JSON in and out.</summary>
internal sealed class ProxyCall(HttpContext context, ProxyService service) : IStreamPeer, IBodySender
{
    // Commands are flat: a list of objects is all they hold.
    private const int MaxDepth = 32;
    private string? _metadataType;
    private string? _passed;
    private TimeSpan _took;
    private long _since = service.Client.Options.Time.GetTimestamp();

    internal HttpContext Context { get; } = context;

    public ProxyService Service { get; } = service;

    public CancellationToken Cancel => Context.RequestAborted;

    PipeReader IBodySender.Body => Context.Request.BodyReader;

    long? IBodySender.Announced => Context.Request.ContentLength;

    IReadThreshold? IBodySender.Threshold => Context.Features.Get<IReadThreshold>();

    TimeSpan IAnswerReader.StallTimeout => Service.Options.ReaderStallTimeout;

    TimeProvider IAnswerReader.Time => TimeProvider.System;

    void IAnswerReader.Cut()
    {
        Service.Log.LogInformation("Closing connection from {Remote}: it takes too little of its answer", Context.Connection.RemoteIpAddress);
        Context.Abort();
    }

    /// <summary>A name from the path.</summary>
    /// <exception cref="ProblemException">It holds control characters.</exception>
    internal string Name(string key)
    {
        // The server leaves an encoded slash as it is, since the path is already split by then.
        string name = (string?)Context.GetRouteValue(key) ?? "";
        if (name.Contains('%', StringComparison.Ordinal)) name = name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        VisibleName.Require(key, name);
        return name;
    }

    /// <summary>The partition in the path.</summary>
    /// <exception cref="ProblemException">It is no number.</exception>
    internal int Partition() =>
        int.TryParse((string?)Context.GetRouteValue("partition"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int partition)
            ? partition
            : throw new ProblemException(Problem.NotFound, "The partition in the path is not a number.");

    /// <summary>A number from the query, or null.</summary>
    /// <exception cref="ProblemException">It is no number, or out of range.</exception>
    internal long? QueryNumber(string name, long min, long max)
    {
        if (!Context.Request.Query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues text)) return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max) return number;
        throw new ProblemException(Problem.InvalidParameter, $"Parameter {name} must be a number from {min} to {max}, not '{text}'.");
    }

    /// <summary>A time from the query, in milliseconds since 1970, or null.</summary>
    /// <exception cref="ProblemException">It is none.</exception>
    internal long? QueryTime(string name)
    {
        if (!Context.Request.Query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues text)) return null;
        return TimeText.Milliseconds(text.ToString())
            ?? throw new ProblemException(Problem.InvalidParameter, $"Parameter {name} must be {TimeText.Forms}, not '{text}'.");
    }

    /// <summary>Whether whole numbers that a browser would round are to stand as strings. Asked before anything is read that would be lost.</summary>
    /// <exception cref="ProblemException">The parameter says something else.</exception>
    internal bool HasBigIntegersAsText() => Context.Request.Query["bigint"].ToString() switch
    {
        "" or "number" => false,
        "string" => true,
        { } other => throw new ProblemException(Problem.InvalidParameter, $"Parameter bigint must be string or number, not '{other}'."),
    };

    /// <summary>The wait asked for, within the server's bound.</summary>
    internal TimeSpan Wait(TimeSpan otherwise)
    {
        TimeSpan wait = QueryNumber("timeout", 0, int.MaxValue) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : otherwise;
        return wait < Service.Options.MaxWait ? wait : Service.Options.MaxWait;
    }

    /// <summary>Waits for something, but not for as long as the server takes to stop.</summary>
    /// <param name="wait">Waits.</param>
    /// <param name="atStop">What there is instead, when the server stops.</param>
    /// <param name="cancel">Gives up.</param>
    internal async ValueTask<T> AwaitAsync<T>(Func<CancellationToken, ValueTask<T>> wait, Func<ValueTask<T>> atStop, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, Service.Stopping);
        try
        {
            return await wait(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Service.Stopping.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return await atStop().ConfigureAwait(false);
        }
    }

    /// <summary>The size of answer asked for, within the server's bound.</summary>
    internal int MaxBytes() =>
        (int)Math.Min(QueryNumber("max_bytes", 0, int.MaxValue) ?? Service.Options.DefaultResponseBytes, Service.Options.MaxResponseBytes);

    /// <summary>What of transactions the answer shows: parameter <c>isolation</c>, as Kafka's clients call its values.</summary>
    internal IsolationLevel Isolation() =>
        ReadIsolation(Context.Request.Query["isolation"].ToString())
            ?? throw new ProblemException(Problem.InvalidParameter, "Parameter isolation must be read_uncommitted or read_committed.");

    /// <summary>The level of that name; reading uncommitted without one; null when there is none.</summary>
    internal static IsolationLevel? ReadIsolation(string name) => name switch
    {
        "" or "read_uncommitted" => IsolationLevel.ReadUncommitted,
        "read_committed" => IsolationLevel.ReadCommitted,
        _ => null,
    };

    /// <summary>The whole body. Dispose it.</summary>
    /// <exception cref="BodyRefusedException">It is not taken.</exception>
    internal ValueTask<RequestBody> ReadBodyAsync() =>
        Context.Request.Headers.ContentEncoding.Count == 0
            ? Service.Bodies.ReadAsync(this)
            : ContentEncoding.ReadAsync(this);

    /// <summary>The body as a JSON object, or null when there is none. Dispose it.</summary>
    /// <exception cref="ProblemException">It is something else.</exception>
    internal async ValueTask<JsonDocument?> CommandAsync()
    {
        MediaTypes.RequireCommand(Context.Request, Service.Options.StrictMediaTypes);
        return await ReadObjectAsync().ConfigureAwait(false);
    }

    /// <summary>The body as a JSON object, whatever its type, or null when there is none. Dispose it.</summary>
    /// <exception cref="ProblemException">It is something else.</exception>
    /// <param name="around">
    /// Its levels around keys and values; 0 for a command without any, which may have no member twice: readers differ in which of the two counts.
    /// </param>
    /// <param name="isLatin1">Whether each of its bytes is a character; UTF-8 otherwise.</param>
    internal async ValueTask<JsonDocument?> ReadObjectAsync(int around = 0, bool isLatin1 = false)
    {
        using RequestBody body = await ReadBodyAsync().ConfigureAwait(false);
        if (body.Length == 0) return null;
        // A copy: the document outlives the pooled body.
        byte[] text = isLatin1 ? MediaTypes.Utf8OfLatin1(body.Memory.Span) : body.Memory.ToArray();
        // The document would take both kinds of string that are no text, and throw when it is asked for them.
        if (!Utf8.IsValid(text)) throw new ProblemException(Problem.Unreadable, "The request is not UTF-8.");
        if (JsonEscapes.HasLoneSurrogate(text)) throw new ProblemException(Problem.Unreadable, "The request has a string that is no text.");
        int levels = around == 0 ? MaxDepth : JsonText.MaxDepth;
        try
        {
            JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = levels + around, AllowDuplicateProperties = around > 0 });
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            throw new ProblemException(Problem.Unreadable, "The request must be a JSON object.");
        }
        catch (JsonException failure)
        {
            if (JsonDepth.Exceeds(text, levels + around)) throw TooDeep(failure, around == 0 ? "the request" : "a key or value", levels);
            // Of a member that is there twice the parser tells the name and not the place.
            throw failure.LineNumber is null ? new ProblemException(Problem.Unreadable, $"Invalid request: {failure.Message}") : Unreadable(failure);
        }
    }

    /// <summary>Answers with JSON of the metadata type.</summary>
    internal ValueTask AnswerAsync<TState>(TState state, Action<Utf8JsonWriter, TState> write) => AnswerAsync(RequireAcceptable(), state, write);

    /// <summary>Answers with JSON.</summary>
    internal async ValueTask AnswerAsync<TState>(string type, TState state, Action<Utf8JsonWriter, TState> write)
    {
        HttpResponse response = Context.Response;
        response.ContentType = type;
        if (Context.Request.Headers.AcceptEncoding.Count > 0)
        {
            await AnswerEncodedAsync(state, write).ConfigureAwait(false);
            return;
        }
        using (var json = new Utf8JsonWriter(response.BodyWriter))
        {
            write(json, state);
            json.Flush();
            // Known before anything has left: without it the answer would go in chunks.
            response.ContentLength = json.BytesCommitted;
        }
        await response.BodyWriter.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>A phase is over which is told of with the next (<see cref="Timed"/>).</summary>
    internal void Passed(string phase)
    {
        if (Service.Options.ServerTiming) (_passed, _took) = (phase, Lap());
    }

    /// <summary>Tells the client what the time since the last phase, or since the start, went into (W3C Server Timing).</summary>
    internal void Timed(string phase)
    {
        if (!Service.Options.ServerTiming) return;
        // As two whole numbers each, which takes a tenth of what a fraction takes.
        (long milliseconds, long microseconds) = Math.DivRem((long)Lap().TotalMicroseconds, 1000);
        (long before, long rest) = Math.DivRem((long)_took.TotalMicroseconds, 1000);
        Context.Response.Headers["Server-Timing"] = _passed is null
            ? string.Create(CultureInfo.InvariantCulture, $"{phase};dur={milliseconds}.{microseconds:000}")
            : string.Create(CultureInfo.InvariantCulture, $"{_passed};dur={before}.{rest:000}, {phase};dur={milliseconds}.{microseconds:000}");
    }

    private TimeSpan Lap()
    {
        TimeProvider time = Service.Client.Options.Time;
        long now = time.GetTimestamp();
        TimeSpan took = time.GetElapsedTime(_since, now);
        _since = now;
        return took;
    }

    private async ValueTask AnswerEncodedAsync<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        using var page = new PageBuffer();
        using (var json = new Utf8JsonWriter(page)) write(json, state);
        using AnswerEncoder? encoder = AnswerEncoding.Choose(Context, page.Length);
        ReadOnlyMemory<byte> answer = encoder is null ? page.Written : encoder.Encode(page.Written.Span, isLast: true);
        Context.Response.ContentLength = answer.Length;
        await Context.Response.BodyWriter.WriteAsync(answer, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The metadata type this client is answered in; refuses what it could not be answered with.</summary>
    internal string RequireAcceptable() => _metadataType ??= MediaTypes.ForMetadata(Context.Request, Service.Options.StrictMediaTypes);

    /// <summary>Where clients are told to come back, without a slash at its end.</summary>
    internal string BaseUrl() =>
        Service.Options.AdvertisedUrl is { } advertised ? advertised.ToString().TrimEnd('/') : $"{Context.Request.Scheme}://{Context.Request.Host}";

    internal void AnswerNothing() => Context.Response.StatusCode = StatusCodes.Status204NoContent;

    internal static ProblemException Unreadable(JsonException failure, string what = "the request") =>
        new(Problem.Unreadable, $"parse error at line {failure.LineNumber + 1}, byte {failure.BytePositionInLine}: {what} is not valid JSON.");

    internal static ProblemException TooDeep(JsonException failure, string what, int levels) =>
        new(Problem.Unreadable, $"parse error at line {failure.LineNumber + 1}, byte {failure.BytePositionInLine}: {what} is nested more than {levels} levels deep, which is the limit.");
}
