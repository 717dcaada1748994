using Gateway.SchemaRegistry.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.SchemaRegistry.Http;

/// <summary>
/// What a request is about: the segments of its path with every escape resolved, slashes too, which routing leaves alone, and its query. A path that
/// starts with <c>/contexts/{context}</c> is the rest of it with the context written into the names (schema-registry 2.2).
/// </summary>
internal sealed class RequestTarget
{
    private const string Prefix = "contexts";

    private readonly string[] _segments;
    private readonly IQueryCollection _query;
    private readonly string? _context;

    private RequestTarget(string[] segments, IQueryCollection query, string? context) => (_segments, _query, _context) = (segments, query, context);

    /// <summary>The target as it was sent.</summary>
    public static RequestTarget Of(HttpContext http)
    {
        var path = Raw(http);
        var query = path.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0) path = path[..query];
        // The absolute form, which clients send to proxies (RFC 9112, 3.2.2): the path begins behind the host.
        if (!path.StartsWith('/'))
        {
            var host = path.IndexOf("://", StringComparison.Ordinal) + 3;
            var start = host < 3 ? -1 : path.IndexOf('/', host);
            path = start < 0 ? "/" : path[start..];
        }
        return new RequestTarget([.. path.Split('/')[1..].Select(Uri.UnescapeDataString)], http.Request.Query, null);
    }

    /// <summary>
    /// The target in the very characters of the request line. The server's own path is another one: there a segment of dots has taken the one before it
    /// away, and with that the name of a subject.
    /// </summary>
    public static string Raw(HttpContext http) => http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    /// <summary>The path's segments.</summary>
    public IReadOnlyList<string> Segments => _segments;

    /// <summary>Whether the path names a context in front of a route of its own; <c>/contexts/{context}</c> alone is a route itself.</summary>
    public bool NamesContext => _context is null && _segments.Length > 2 && Is(_segments[0], Prefix);

    /// <summary>The target within the context its path starts with; the context may lack its dot and may carry colons around it.</summary>
    public Outcome<RequestTarget> Within()
    {
        var context = QualifiedSubject.ContextOf(_segments[1]);
        if (context is null) return RegistryFault.BadRequest($"'{_segments[1]}' is not the name of a context: it has a colon within");
        var rest = _segments[2..];
        // Only the first of these words has a name behind it, and only near the start; further on the same words may be names themselves.
        var isSetting = Is(rest[0], "config") || Is(rest[0], "mode");
        if (isSetting && rest.Length == 1 && context != QualifiedSubject.DefaultContext) rest = [.. rest, ""];
        var place = isSetting ? 1 : Array.FindIndex(rest, 0, Math.Min(rest.Length, 2), segment => Is(segment, "subjects")) + 1;
        if (place > 0 && place < rest.Length) rest[place] = Qualified(context, rest[place]);
        return new RequestTarget(rest, _query, context);
    }

    /// <summary>A parameter of the query, whose words some clients join with underscores; the last one when it is there more than once.</summary>
    public string? Query(string name) => Queries(name) is [.., var last] ? last : null;

    /// <summary>Every value of a parameter of the query.</summary>
    public IReadOnlyList<string?> Queries(string name)
    {
        if (_query.Count == 0) return [];
        return _query.TryGetValue(name, out var values) || _query.TryGetValue(Underscored(name), out values) ? values.ToArray() : [];
    }

    /// <summary>A parameter that names a subject, or the start of one: within the context of the path, if that has one.</summary>
    public string? Subject(string name, string? otherName = null)
    {
        var written = Query(name) ?? (otherName is null ? null : Query(otherName));
        return _context is null ? written : Qualified(_context, written ?? "");
    }

    /// <summary>A parameter that names a context; the context of the path when the query has none.</summary>
    public string? Context(string name) => Query(name) ?? _context;

    private static bool Is(string segment, string word) => string.Equals(segment, word, StringComparison.OrdinalIgnoreCase);

    private static string Underscored(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : letter.ToString()));

    private static string Qualified(string context, string written) =>
        written.StartsWith(":.", StringComparison.Ordinal) || written.StartsWith(":*:", StringComparison.Ordinal) ? written : $":{context}:{written}";
}
