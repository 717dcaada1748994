using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gateway.HttpProxy.Http;

/// <summary>The media types of the v2 dialect and what becomes of requests that name others: the one place that decides it.</summary>
internal static class MediaTypes
{
    internal const string V2 = "application/vnd.kafka.v2+json";
    internal const string Json = "application/json";
    internal const string Lines = "application/x-ndjson";
    internal const string CloudEvent = "application/cloudevents+json";
    internal const string CloudEventBatch = "application/cloudevents-batch+json";

    /// <summary>The header every event in binary mode has (CloudEvents HTTP binding 1.0.2, 3.1).</summary>
    internal const string CloudEventHeader = "ce-specversion";

    private const string Utf8 = "utf-8";
    private const string Latin1 = "iso-8859-1";

    private static readonly string[] Metadata = [V2, Json];
    private static readonly string[] MetadataStrict = [V2];
    private static readonly string[] OnlyJson = [Json];
    private static readonly string[] s_eventsLast = [.. EmbeddedFormats.All.Select(EmbeddedFormats.MediaTypeOf), Json, CloudEventBatch];

    /// <summary>The type of an answer without records.</summary>
    internal static string ForMetadata(HttpRequest request, bool strict)
    {
        string[] offers = strict ? MetadataStrict : Metadata;
        return Best(request.Headers.Accept, offers)
            ?? throw new ProblemException(Problem.NotAcceptable, $"Not acceptable; this answer comes as {string.Join(" or ", offers)}.");
    }

    /// <summary>The type of an error: it must reach the client whatever it accepts.</summary>
    internal static string ForError(HttpRequest request) => IsV3(request.Path) ? Json : Best(request.Headers.Accept, Metadata) ?? Json;

    /// <summary>The type among those offered that the client likes best.</summary>
    /// <exception cref="ProblemException">It takes none of them: 406.</exception>
    internal static string Choose(HttpRequest request, IReadOnlyList<string> offers) =>
        Best(request.Headers.Accept, offers)
            ?? throw new ProblemException(Problem.NotAcceptable, $"Not acceptable; this answer comes as {string.Join(" or ", offers)}.");

    /// <summary>Checks that a client takes what the v3 dialect answers: <c>application/json</c> always.</summary>
    internal static void RequireJsonAcceptable(HttpRequest request)
    {
        if (Best(request.Headers.Accept, OnlyJson) is null) throw new ProblemException(Problem.NotAcceptable, $"Not acceptable; this answer comes as {Json}.");
    }

    /// <summary>Checks the type of a body in the v3 dialect, which may be in ISO-8859-1 too (http-proxy §1.1).</summary>
    /// <exception cref="ProblemException">It is not JSON: 415. Its characters are written in another way: 400.</exception>
    internal static void RequireJson(HttpRequest request)
    {
        if (string.IsNullOrEmpty(request.ContentType)) return;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) || !type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(Problem.UnsupportedMediaType, $"Content-Type '{request.ContentType}' is not served; send {Json}, in UTF-8.");
        if (!IsIn(type, Utf8, orUnsaid: true) && !IsIn(type, Latin1))
            throw new ProblemException(Problem.BadRequest, $"The charset of '{request.ContentType}' is not served; send {Utf8} or {Latin1}.");
    }

    /// <summary>Whether each byte of a body in the v3 dialect is a character.</summary>
    internal static bool IsLatin1(HttpRequest request) =>
        request.ContentType is { } text && text.Length > Json.Length
        && MediaTypeHeaderValue.TryParse(text, out MediaTypeHeaderValue? type) && IsIn(type, Latin1);

    /// <summary>The same characters in UTF-8.</summary>
    internal static byte[] Utf8OfLatin1(ReadOnlySpan<byte> text) => Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(text));

    /// <summary>
    /// The form of an answer with records. <paramref name="instance"/> is the format of a consumer instance, if it is
    /// one's.
    /// </summary>
    internal static RecordForm ForRecords(HttpRequest request, EmbeddedFormat? instance, bool strict)
    {
        // Only for who would rather have events than anything else: they come in any format's stead.
        if (request.Headers.Accept.Count > 0 && Best(request.Headers.Accept, s_eventsLast) == CloudEventBatch)
            return new RecordForm(CloudEventBatch, instance ?? EmbeddedFormat.Binary, IsEvents: true);
        EmbeddedFormat first = instance ?? EmbeddedFormat.Binary;
        List<string> offers =
        [
            EmbeddedFormats.MediaTypeOf(first), .. EmbeddedFormats.All.Where(format => format != first).Select(EmbeddedFormats.MediaTypeOf),
        ];
        if (!strict) offers.Add(Json);
        string type = Best(request.Headers.Accept, offers)
            ?? throw new ProblemException(Problem.NotAcceptable, $"Not acceptable; records come as {string.Join(", ", offers)}.");
        EmbeddedFormat format = type == Json ? instance ?? EmbeddedFormat.Json : EmbeddedFormats.OfMediaType(type)!.Value;
        if (instance is { } made && format != made)
            throw new ProblemException(
                Problem.FormatMismatch,
                $"The consumer instance was created with format {EmbeddedFormats.NameOf(made)}; ask for {EmbeddedFormats.MediaTypeOf(made)}.");
        return new RecordForm(type, format, IsEvents: false);
    }

    /// <summary>The form of a produce request, and the format of its keys and values where it has one.</summary>
    /// <exception cref="ProblemException">Its type is not served: 415.</exception>
    internal static (ProduceForm Form, EmbeddedFormat Format) OfProduce(HttpRequest request, bool strict)
    {
        // In their binary mode events have the type of their data, whatever that is.
        if (request.Headers.ContainsKey(CloudEventHeader)) return (ProduceForm.CloudEvents, EmbeddedFormat.Binary);
        if (string.IsNullOrEmpty(request.ContentType)) return (ProduceForm.Request, EmbeddedFormat.Binary);
        if (EmbeddedFormats.OfMediaType(request.ContentType) is { } asWritten) return (ProduceForm.Request, asWritten);
        if (Parse(request.ContentType) is { } type)
        {
            if (EmbeddedFormats.OfMediaType(type) is { } format) return (ProduceForm.Request, format);
            if (type == Json && !strict) return (ProduceForm.Request, EmbeddedFormat.Json);
            if (type is CloudEvent or CloudEventBatch) return (ProduceForm.CloudEvents, EmbeddedFormat.Binary);
            if (type == Lines) return (ProduceForm.Lines, FormatOfLines(request));
        }
        throw new ProblemException(
            Problem.UnsupportedMediaType,
            $"Content-Type '{request.ContentType}' is not served; send {string.Join(", ", EmbeddedFormats.All.Select(EmbeddedFormats.MediaTypeOf))}, "
                + $"{Lines}, {CloudEvent} or {CloudEventBatch}; or any type to the path /raw.");
    }

    /// <summary>Whether the body is a list of events in JSON, a single one, or, when it is neither, the data of one.</summary>
    internal static string? OfCloudEvents(HttpRequest request) =>
        Parse(request.ContentType ?? "") is CloudEvent or CloudEventBatch ? Parse(request.ContentType!) : null;

    /// <summary>Checks the type of a body that is a command, not records.</summary>
    internal static void RequireCommand(HttpRequest request, bool strict)
    {
        if (string.IsNullOrEmpty(request.ContentType)) return;
        if (Parse(request.ContentType) is { } type && (type == V2 || EmbeddedFormats.OfMediaType(type) is not null || (type == Json && !strict))) return;
        throw new ProblemException(Problem.UnsupportedMediaType, $"Content-Type '{request.ContentType}' is not served; send {V2}.");
    }

    private static EmbeddedFormat FormatOfLines(HttpRequest request)
    {
        string name = request.Query["format"].ToString();
        return name.Length == 0
            ? EmbeddedFormat.Json
            : EmbeddedFormats.OfName(name)
                ?? throw new ProblemException(Problem.InvalidParameter, $"Parameter format must be {string.Join(", ", EmbeddedFormats.All.Select(EmbeddedFormats.NameOf))}.");
    }

    private static bool IsV3(PathString path) => path.StartsWithSegments("/v3") || path.StartsWithSegments("/kafka/v3");

    /// <summary>The type in lower case without parameters; null when it is malformed or its charset is not UTF-8.</summary>
    private static string? Parse(string contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? parsed)) return null;
        return IsIn(parsed, Utf8, orUnsaid: true) ? parsed.MediaType.Value?.ToLowerInvariant() : null;
    }

    private static bool IsIn(MediaTypeHeaderValue type, string charset, bool orUnsaid = false) =>
        type.Charset.HasValue ? type.Charset.AsSpan().Trim('"').Equals(charset, StringComparison.OrdinalIgnoreCase) : orUnsaid;

    /// <summary>The offer the client likes best; the first of equals; null when it accepts none.</summary>
    private static string? Best(StringValues accept, IReadOnlyList<string> offers)
    {
        if (StringValues.IsNullOrEmpty(accept)) return offers[0];
        if (accept.Count == 1)
        {
            // What nearly every client sends needs no parsing.
            if (accept[0] == "*/*") return offers[0];
            for (int i = 0; i < offers.Count; i++)
                if (offers[i] == accept[0]) return offers[i];
        }
        if (!MediaTypeHeaderValue.TryParseList(accept, out IList<MediaTypeHeaderValue>? ranges)) return null;
        (string? best, double bestQuality) = (null, 0);
        foreach (string offer in offers)
        {
            double quality = QualityOf(MediaTypeHeaderValue.Parse(offer), ranges);
            if (quality > bestQuality) (best, bestQuality) = (offer, quality);
        }
        return best;
    }

    /// <summary>The quality the closest range gives: an exact type counts before <c>application/*</c>, that before <c>*/*</c>.</summary>
    private static double QualityOf(MediaTypeHeaderValue offer, IList<MediaTypeHeaderValue> ranges)
    {
        (int closest, double quality) = (-1, 0);
        foreach (MediaTypeHeaderValue range in ranges)
        {
            int closeness = range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
            bool matches = closeness switch
            {
                0 => true,
                1 => range.Type.Equals(offer.Type, StringComparison.OrdinalIgnoreCase),
                _ => range.MediaType.Equals(offer.MediaType, StringComparison.OrdinalIgnoreCase),
            };
            if (matches && closeness > closest) (closest, quality) = (closeness, range.Quality ?? 1);
        }
        return quality;
    }
}
