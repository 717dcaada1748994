using System.Net;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gateway.HttpProxy.Http;

/// <summary>
/// The query of a request, checked before anything is read from it: the web server leaves escapes that are no text as they stand, and joins the
/// values of a parameter that comes again, so that either would be taken for what nobody meant.
/// </summary>
internal static class QueryText
{
    // Conditions, all of which hold.
    private const string Repeatable = "filter";

    /// <exception cref="ProblemException">It is not UTF-8, or has a parameter twice: 400.</exception>
    internal static void Require(HttpRequest request)
    {
        if (request.QueryString.Value is not { Length: > 0 } text) return;
        if (text.Contains('%', StringComparison.Ordinal)) RequireText(text);
        if (!text.Contains('&', StringComparison.Ordinal)) return;
        foreach ((string name, StringValues values) in request.Query)
            if (values.Count > 1 && !name.Equals(Repeatable, StringComparison.OrdinalIgnoreCase))
                throw new ProblemException(Problem.InvalidParameter, $"Parameter {name} is there more than once.");
    }

    /// <summary>
    /// Refuses parameters that nobody here reads, such as a misspelt one: what it was to say would not be done. One that begins with _ is let through, as
    /// caches are passed by with it, and <c>access_token</c>, which is for whoever stands in front (RFC 6750, 2.3).
    /// </summary>
    /// <exception cref="ProblemException">There is one: 400.</exception>
    internal static void RequireKnown(HttpRequest request, IReadOnlyList<string> known)
    {
        if (!request.QueryString.HasValue) return;
        foreach (string name in request.Query.Keys)
        {
            if (name.StartsWith('_') || name == "access_token" || known.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
            throw new ProblemException(Problem.InvalidParameter, $"There is no parameter '{name}' here; {(known.Count == 0 ? "there are none" : $"there are {string.Join(", ", known)}")}.");
        }
    }

    private static void RequireText(string text)
    {
        byte[] escaped = Encoding.UTF8.GetBytes(text);
        if (!Utf8.IsValid(WebUtility.UrlDecodeToBytes(escaped, 0, escaped.Length)))
            throw new ProblemException(Problem.InvalidParameter, "The query is not text in UTF-8.");
    }
}
