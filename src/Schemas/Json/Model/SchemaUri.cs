namespace Gateway.Schemas.Json.Model;

/// <summary>
/// URI references as RFC 3986 resolves them (§5.2), on text. The framework's class is not used because it rewrites what it reads, knows schemes
/// and takes their rules along, where identifiers of schemas are compared as they are written.
/// </summary>
internal static class SchemaUri
{
    /// <summary>Where a text without an id of its own is thought to stand.</summary>
    public const string Unnamed = "mem://input/";

    /// <summary>The part before the fragment, and the fragment: percent-decoded, or null where there is none.</summary>
    public static (string Uri, string? Fragment) Split(string reference)
    {
        var at = reference.IndexOf('#', StringComparison.Ordinal);
        return at < 0 ? (reference, null) : (reference[..at], Uri.UnescapeDataString(reference[(at + 1)..]));
    }

    /// <summary>The URI a reference (without fragment) means at a base.</summary>
    public static string Resolve(string baseUri, string reference)
    {
        if (reference.Length == 0) return baseUri;
        var target = Parts.Of(reference);
        if (target.Scheme is not null) return (target with { Path = WithoutDots(target.Path) }).ToString();
        var start = Parts.Of(baseUri);
        if (target.Authority is not null) return (target with { Scheme = start.Scheme, Path = WithoutDots(target.Path) }).ToString();
        if (target.Path.Length == 0) return (start with { Query = target.Query ?? start.Query }).ToString();
        var path = target.Path[0] == '/' ? target.Path
            : start.Authority is not null && start.Path.Length == 0 ? "/" + target.Path
            : start.Path[..(start.Path.LastIndexOf('/') + 1)] + target.Path;
        return (start with { Path = WithoutDots(path), Query = target.Query }).ToString();
    }

    private static string WithoutDots(string path)
    {
        if (!path.Contains('.', StringComparison.Ordinal)) return path;
        var segments = path.Split('/');
        var kept = new List<string>(segments.Length);
        for (var i = 0; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            if (segments[i] is "..")
            {
                if (kept.Count > 1 || (kept.Count == 1 && kept[0].Length > 0)) kept.RemoveAt(kept.Count - 1);
                if (isLast) kept.Add("");
            }
            else if (segments[i] is not ".") kept.Add(segments[i]);
            else if (isLast) kept.Add("");
        }
        return string.Join('/', kept);
    }

    private readonly record struct Parts(string? Scheme, string? Authority, string Path, string? Query)
    {
        public static Parts Of(string uri)
        {
            string? scheme = null, authority = null, query = null;
            var rest = uri;
            var colon = rest.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && rest.AsSpan(0, colon).IndexOfAny('/', '?') < 0 && char.IsAsciiLetter(rest[0]))
            {
                scheme = rest[..colon].ToLowerInvariant();
                rest = rest[(colon + 1)..];
            }
            var mark = rest.IndexOf('?', StringComparison.Ordinal);
            if (mark >= 0)
            {
                query = rest[(mark + 1)..];
                rest = rest[..mark];
            }
            if (rest.StartsWith("//", StringComparison.Ordinal))
            {
                var end = rest.IndexOf('/', 2);
                authority = (end < 0 ? rest[2..] : rest[2..end]).ToLowerInvariant();
                rest = end < 0 ? "" : rest[end..];
            }
            return new Parts(scheme, authority, rest, query);
        }

        public override string ToString() =>
            (Scheme is null ? "" : Scheme + ":") + (Authority is null ? "" : "//" + Authority) + Path + (Query is null ? "" : "?" + Query);
    }
}
