using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Gateway.SchemaRegistry.Http;

/// <summary>Which bodies are taken and which are given.</summary>
internal static class MediaTypes
{
    public const string V1 = "application/vnd.schemaregistry.v1+json";

    private static readonly string[] Given = [V1, "application/vnd.schemaregistry+json", "application/json"];
    private static readonly string[] Taken = [.. Given, "application/octet-stream"];

    /// <summary>Whether a body of that content type is read; without a type it is taken for JSON.</summary>
    public static bool Takes(string? contentType) =>
        string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out var type)
            && Taken.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase));

    /// <summary>The type to answer in, by the client's preferences; null when it accepts none of them.</summary>
    public static string? Choose(HttpRequest request)
    {
        var header = request.Headers.Accept;
        if (header is [null or "*/*" or V1] or []) return V1;
        foreach (var type in Given)
            if (header is [var only] && only == type) return type;
        return MediaTypeHeaderValue.TryParseList(header, out var accepted) ? Choose(accepted) : V1;
    }

    private static string? Choose(IList<MediaTypeHeaderValue> accepted)
    {
        string? best = null;
        var bestQuality = 0.0;
        foreach (var type in Given)
        {
            var quality = Quality(type, accepted);
            if (quality > bestQuality) (best, bestQuality) = (type, quality);
        }
        return best;
    }

    /// <summary>How much a type is wanted: the most exact of the client's ranges counts.</summary>
    private static double Quality(string type, IList<MediaTypeHeaderValue> accepted)
    {
        var (quality, exactness) = (0.0, -1);
        foreach (var range in accepted)
        {
            int exact;
            if (range.MatchesAllTypes) exact = 0;
            else if (range.MatchesAllSubTypes && range.Type.Equals("application", StringComparison.OrdinalIgnoreCase)) exact = 1;
            else if (range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)) exact = 2;
            else continue;
            if (exact > exactness) (quality, exactness) = (range.Quality ?? 1, exact);
        }
        return quality;
    }
}
