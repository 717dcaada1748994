using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Gateway.HttpProxy.Http;

/// <summary>
/// Pages of other origins. A browser sends some requests of any page without asking first, and opens WebSockets for them; what they would do or
/// read here is what only this machine, or this network, may.
/// </summary>
internal static class Origins
{
    // The types a page may send anywhere without being asked for (Fetch, 2.2.2): the browser asks before any other.
    private static readonly string[] s_unasked = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"];

    /// <summary>Whether a page asks that is of another origin than this door and of none that is let in.</summary>
    internal static bool IsForeign(HttpContext context)
    {
        string origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0) return false;
        // Whoever lets origins in has said so by now.
        if (context.Response.Headers.AccessControlAllowOrigin.Count > 0) return false;
        return !Uri.TryCreate(origin, UriKind.Absolute, out Uri? page)
            || !string.Equals(page.Authority, context.Request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Refuses a request that a foreign page may send without its browser asking first.</summary>
    /// <exception cref="ProblemException">It is one: 403.</exception>
    internal static void Check(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || context.Request.Headers.Origin.Count == 0 || !IsForeign(context)) return;
        string? type = context.Request.ContentType;
        bool isUnasked = string.IsNullOrEmpty(type) || !MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? parsed)
            || s_unasked.Contains(parsed.MediaType.Value ?? "", StringComparer.OrdinalIgnoreCase);
        if (isUnasked) throw new ProblemException(Problem.NotAuthorized, $"Pages of {context.Request.Headers.Origin} may not write here.");
    }
}
