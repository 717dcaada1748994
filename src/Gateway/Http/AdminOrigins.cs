using Gateway.Common.Ids;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Http;

/// <summary>
/// Lets Swagger UI, served by the admin door, call the registry and the proxy from the browser: exactly the admin door's origins are
/// allowed, no others. The hosts come from the settings and the machine, never from a request, so a page under a foreign name that
/// resolves to this machine is not let in.
/// </summary>
public sealed class AdminOrigins
{
    private const string AllowedMethods = "GET, POST, PUT, DELETE, PATCH, HEAD";
    private readonly HashSet<string> _origins;

    /// <summary>Computes the origins.</summary>
    /// <param name="admin">Where the admin door listens.</param>
    /// <param name="machineHosts">Other names of this machine, counted when the door listens everywhere.</param>
    public AdminOrigins(HostAndPort admin, IEnumerable<string> machineHosts)
    {
        bool everywhere = ListenAddress.IsWildcard(admin);
        var hosts = new List<string>();
        if (!everywhere) hosts.Add(admin.Host);
        if (everywhere || ListenAddress.IsLoopback(admin.Host)) hosts.AddRange(["127.0.0.1", "localhost", "::1"]);
        if (everywhere) hosts.AddRange(machineHosts);
        Hosts = new HashSet<string>(hosts, StringComparer.OrdinalIgnoreCase);
        _origins = new HashSet<string>(Hosts.Select(host => $"http://{new HostAndPort(host, admin.Port)}"), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Names under which a browser may have reached the admin door.</summary>
    public IReadOnlySet<string> Hosts { get; }

    /// <summary>True if a page of this origin may read our answers.</summary>
    public bool Allows(string? origin) => origin is not null && _origins.Contains(origin);

    /// <summary>Adds the answers to preflight requests and the headers to a door's pipeline.</summary>
    public void Use(WebApplication app) => app.Use((context, next) =>
    {
        string? origin = context.Request.Headers.Origin;
        if (origin is null) return next(context);
        IHeaderDictionary headers = context.Response.Headers;
        headers.Append("Vary", "Origin");
        if (!Allows(origin)) return next(context);
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = "*";
        if (!HttpMethods.IsOptions(context.Request.Method) || !context.Request.Headers.ContainsKey("Access-Control-Request-Method")) return next(context);
        headers.AccessControlAllowMethods = AllowedMethods;
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    });
}
