using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Client;
using Gateway.Common.Bodies;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Handover;
using Gateway.HttpProxy.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Http;

/// <summary>One endpoint: how it is reached and what it does.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The path.</param>
/// <param name="Handle">What it does. Problems are thrown.</param>
internal sealed record ProxyRoute(string Method, string Pattern, Func<ProxyCall, ValueTask> Handle)
{
    // People read messages: a quote stays a quote.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether its requests count where requests are limited. Whoever asks whether the proxy lives is to hear that it does.</summary>
    internal bool IsCounted { get; init; } = true;

    /// <summary>
    /// Whether HEAD is answered, as GET is but for the body, which the web server leaves out (RFC 9110, 9.3.2). Not where asking moves something on, or
    /// where an answer would not come to its end.
    /// </summary>
    internal bool HasHead { get; init; } = Method == "GET";

    /// <summary>
    /// The parameters there are, where another is refused: on paths of this proxy's own. Elsewhere clients of other proxies may send what those
    /// pass over.
    /// </summary>
    internal IReadOnlyList<string>? Parameters { get; init; }

    /// <summary>Whether a request stands as another proxy's clients send it, so that others are passed over all the same.</summary>
    internal Func<HttpRequest, bool> IsOfOthers { get; init; } = static _ => false;

    /// <summary>Runs the endpoint and writes whatever goes wrong as an error of the dialect.</summary>
    internal async Task InvokeAsync(HttpContext context, ProxyService service)
    {
        try
        {
            if (IsCounted && service.Rates.AreLimited) service.Rates.Count(ClientAddress.Of(context));
            Origins.Check(context);
            QueryText.Require(context.Request);
            if (Parameters is { } known && !IsOfOthers(context.Request)) QueryText.RequireKnown(context.Request, known);
            ContentEncoding.RequirePlainTransfer(context.Request);
            await Handle(new ProxyCall(context, service)).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Nobody is there to hear of it, be it that the client has gone or that the server stops.
            if (context.RequestAborted.IsCancellationRequested) return;
            // What has not left yet cannot be taken back either.
            if (context.Response.HasStarted || context.Response.BodyWriter is { CanGetUnflushedBytes: true, UnflushedBytes: > 0 })
            {
                // Half an answer cannot become an error: cut the connection, so that the client does not take it for a whole one.
                service.Log.LogWarning(failure, "{Method} {Pattern} failed in the middle of its answer", Method, Pattern);
                context.Abort();
                return;
            }
            if (ProblemOf(failure) is not { } problem)
            {
                service.Log.LogError(failure, "{Method} {Pattern} failed", Method, Pattern);
                problem = Problem.Of(Problem.KafkaError, "Internal error.");
            }
            if (failure is BodyRefusedException { Refusal: BodyRefusal.Stopping }) HandoverTransport.CloseBehind(context);
            await WriteAsync(context, IsV3 ? problem : ProxyProfile.Adapt(service.Options.Profile, problem)).ConfigureAwait(false);
        }
    }

    private bool IsV3 => Pattern.StartsWith("/v3", StringComparison.Ordinal) || Pattern.StartsWith("/kafka/v3", StringComparison.Ordinal);

    internal static async Task WriteAsync(HttpContext context, Problem problem)
    {
        HttpResponse response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = MediaTypes.ForError(context.Request);
        // An answer that was to be compressed has become this one.
        response.Headers.ContentEncoding = default;
        if (problem.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = problem.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        using (var json = new Utf8JsonWriter(response.BodyWriter, Readable))
        {
            json.WriteStartObject();
            Problem.WriteMembers(json, problem);
            json.WriteEndObject();
        }
        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>What a failure tells a client; null when it is a fault of this proxy.</summary>
    internal static Problem? ProblemOf(Exception failure) => failure switch
    {
        ProblemException known => known.Problem,
        BodyRefusedException { Refusal: BodyRefusal.Stopping } => OpenStreams.Stopping,
        BodyRefusedException refused => Problem.Of(refused.Status, refused.Message),
        KafkaErrorException kafka => KafkaProblems.Of(kafka.Code, kafka.Message),
        MemoryRefusedException => Problem.Of(Problem.KafkaError, "A batch cannot be inflated: its codec takes more memory than there is for readers."),
        CorruptRecordException corrupt => Problem.Of(Problem.KafkaError, corrupt.Message),
        BadHttpRequestException bad => new Problem(bad.StatusCode, bad.StatusCode, bad.Message),
        ObjectDisposedException => Problem.Of(Problem.BrokerNotAvailable, "The proxy is shutting down."),
        _ => null,
    };
}
