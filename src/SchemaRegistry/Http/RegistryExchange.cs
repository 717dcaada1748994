using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Common.Bodies;
using Gateway.Common.Json;
using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Microsoft.AspNetCore.Http;

namespace Gateway.SchemaRegistry.Http;

/// <summary>One request and its answer: what is asked for, read the way the registry's clients write it.</summary>
internal sealed class RegistryExchange(HttpContext http, RequestTarget target, RegistryService service) : IAnswerReader, IBodySender, IDisposable
{
    /// <summary>How answers are written: only what JSON itself asks for is escaped.</summary>
    internal static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // As deep as schemas may be, which is more than any member of a request needs.
    private const int MaxDepth = 500;

    private readonly string? _mediaType = MediaTypes.Choose(http.Request);
    private RequestBody? _body;

    /// <summary>Whether the client takes any of what answers are written in. To be asked before anything is done: a refusal afterwards would be untrue.</summary>
    public bool IsAnswerable => _mediaType is not null;

    public CancellationToken Aborted => http.RequestAborted;

    public RequestTarget Target => target;

    public string Segment(int index) => target.Segments[index];

    public QualifiedSubject Subject(int index) => QualifiedSubject.Parse(Segment(index));

    public string? Query(string name) => target.Query(name);

    /// <summary>A flag; clients write True and TRUE as well.</summary>
    public bool Flag(string name) =>
        target.Query(name) is { } value && (value.Length == 0 || bool.TryParse(value, out var flag) && flag);

    /// <summary>A number; one that is too large is the largest there is, and not the default.</summary>
    public int Number(string name, int byDefault) =>
        BigInteger.TryParse(Query(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (int)BigInteger.Clamp(number, int.MinValue, int.MaxValue)
            : byDefault;

    /// <summary>The page asked for.</summary>
    public IEnumerable<T> Page<T>(IEnumerable<T> items, PageLimits limits) =>
        items.Skip(Math.Max(0, Number("offset", 0))).Take(limits.Of(Number("limit", -1)));

    PipeReader IBodySender.Body => http.Request.BodyReader;

    long? IBodySender.Announced => http.Request.ContentLength;

    IReadThreshold? IBodySender.Threshold => http.Features.Get<IReadThreshold>();

    TimeSpan IAnswerReader.StallTimeout => service.Options.ReaderStallTimeout;

    TimeProvider IAnswerReader.Time => service.Time;

    void IAnswerReader.Cut()
    {
        service.ReportSlowReader(http.Connection.RemoteIpAddress);
        http.Abort();
    }

    public void Dispose() => _body?.Dispose();

    /// <summary>The body as a JSON object, bounded.</summary>
    /// <exception cref="BodyRefusedException">It is not taken.</exception>
    public async ValueTask<Outcome<JsonElement>> BodyAsync()
    {
        if (!MediaTypes.Takes(http.Request.ContentType)) return new RegistryFault(415, "HTTP 415 Unsupported Media Type");
        // Held until the answer is given: what is made of a body takes memory in proportion to it.
        _body = await service.Bodies.ReadAsync(this).ConfigureAwait(false);
        var bytes = _body.Memory;
        if (bytes.Length == 0) return RegistryFault.Unprocessable("The request body is missing");
        // The reader looks at the bytes of a string only when somebody asks for it, and throws then.
        if (!Utf8.IsValid(bytes.Span)) return RegistryFault.BadRequest("The request body is not UTF-8");
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (JsonEscapes.HasLoneSurrogate(bytes.Span)) return RegistryFault.BadRequest("The request body has a string that is not text");
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : RegistryFault.BadRequest("The request body is not a JSON object");
        }
        catch (JsonException fault)
        {
            return RegistryFault.BadRequest(JsonDepth.Exceeds(bytes.Span, MaxDepth)
                ? $"The request body is nested more than {MaxDepth} levels deep, which is the limit"
                : $"The request body is not JSON: {JsonSyntax.DescribeWithPlace(fault, bytes.Span)}");
        }
    }

    /// <summary>A body that describes a schema.</summary>
    public async ValueTask<Outcome<JsonElement>> SchemaBodyAsync()
    {
        var body = await BodyAsync().ConfigureAwait(false);
        return body.Fault is null && RegisterRequest.Refusal(body.Value) is { } refusal ? refusal : body;
    }

    public ValueTask AnswerAsync(Outcome<Reply> outcome)
    {
        var mediaType = _mediaType ?? MediaTypes.V1;
        if (!IsAnswerable) outcome = new RegistryFault(406, "HTTP 406 Not Acceptable");
        var reply = outcome.Fault is { } fault ? Error(fault) : outcome.Value;
        if (reply.Status == 204)
        {
            Head(http, reply.Status, mediaType: null);
            return ValueTask.CompletedTask;
        }
        if (reply.Raw is { } raw) return WriteAsync(http, reply.Status, mediaType, raw);
        if (reply.WriteInPieces is { } pieces) return new AnswerPieces(http, this).SendAsync(reply.Status, mediaType, pieces);
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Relaxed)) reply.Write!(writer);
        return WriteAsync(http, reply.Status, mediaType, bytes.WrittenMemory);
    }

    /// <summary>Writes an answer with what every answer has.</summary>
    public static ValueTask WriteAsync(HttpContext http, int status, string mediaType, ReadOnlyMemory<byte> body)
    {
        Head(http, status, mediaType);
        http.Response.ContentLength = body.Length;
        // Whether the client is still there, the server knows by itself; to ask for its token costs every request a source of one.
        return http.Response.Body.WriteAsync(body, CancellationToken.None);
    }

    /// <summary>What every answer begins with.</summary>
    public static void Head(HttpContext http, int status, string? mediaType)
    {
        http.Response.StatusCode = status;
        if (mediaType is not null) http.Response.ContentType = mediaType;
        http.Response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        http.Response.Headers["X-Request-ID"] = http.Request.Headers["X-Request-ID"] is [{ } id, ..] && IsRequestId(id) ? id : http.TraceIdentifier;
    }

    /// <summary>The server refuses to write a header with other characters.</summary>
    private static bool IsRequestId(string id) => id.Length is > 0 and <= 200 && !id.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static Reply Error(RegistryFault fault) => Reply.Json(output => Reply.WriteError(output, fault)) with { Status = fault.Status };
}
