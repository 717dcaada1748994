using Gateway.Common.Bodies;
using Gateway.SchemaRegistry.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.SchemaRegistry.Http;

/// <summary>The registry's HTTP door.</summary>
public static class RegistryEndpoints
{
    // In which a client reads its answer while what it sends on is left where it is.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Maps every route of the registry, and one for whatever is left: paths that start with a context, HEAD, and what is unknown, which is
    /// answered in JSON too.
    /// Returns the group, for conditions such as a host.
    /// </summary>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, RegistryService service)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(service);
        endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping.Register(service.Stop);
        var group = endpoints.MapGroup("");
        var routes = Routes(service);
        foreach (var route in routes)
        {
            var serve = Serve(service, route, routes);
            group.MapMethods(route.Template, [route.Method], route.OperationId == SchemaRoutes.ById ? EncodedFirst(service, serve) : serve)
                .WithMetadata(new EndpointNameMetadata("schema-registry." + route.OperationId));
        }
        group.Map("{**path}", (RequestDelegate)(http => FindAsync(http, service, routes)))
            .WithDisplayName("schema-registry: any other path").Add(builder => ((RouteEndpointBuilder)builder).Order = int.MaxValue);
        return group;
    }

    /// <summary>Method and template of every route served, to hold the OpenAPI document against.</summary>
    public static IReadOnlyList<(string Method, string Template)> Served(RegistryService service) =>
        [.. Routes(service).Select(route => (route.Method, route.Template))];

    internal static IReadOnlyList<RegistryRoute> Routes(RegistryService service) =>
    [
        .. new ServerRoutes(service).All,
        .. new SubjectRoutes(service).All,
        .. new SchemaRoutes(service).All,
        .. new CompatibilityRoutes(service).All,
        .. new ConfigRoutes(service).All,
        .. new ModeRoutes(service).All,
        .. new AssociationRoutes(service).All,
        .. new AssociationBatchRoutes(service).All,
    ];

    /// <summary>The server routes by a path without dot segments; where the request's own is meant for another route, that one serves it.</summary>
    private static RequestDelegate Serve(RegistryService service, RegistryRoute route, IReadOnlyList<RegistryRoute> routes) => http =>
    {
        var target = RequestTarget.Of(http);
        return route.Matches(target.Segments) ? ServeAsync(http, service, route, target) : FindAsync(http, service, routes);
    };

    /// <summary>The route clients ask most often, by a shorter way where there is one.</summary>
    private static RequestDelegate EncodedFirst(RegistryService service, RequestDelegate serve)
    {
        var encoded = new EncodedSchemas(service);
        return http => encoded.TryFind(RequestTarget.Raw(http), out var body) && MediaTypes.Choose(http.Request) is { } mediaType
            ? RegistryExchange.WriteAsync(http, StatusCodes.Status200OK, mediaType, body).AsTask()
            : serve(http);
    }

    private static async Task ServeAsync(HttpContext http, RegistryService service, RegistryRoute route, RequestTarget target)
    {
        using var exchange = new RegistryExchange(http, target, service);
        if (!service.IsReady && !route.NeedsNoState)
        {
            await exchange.AnswerAsync(RegistryFault.NotReady()).ConfigureAwait(false);
            return;
        }
        Outcome<Reply> outcome = default;
        try
        {
            if (exchange.IsAnswerable) outcome = await route.Handle(exchange).ConfigureAwait(false);
        }
        catch (BadHttpRequestException fault)
        {
            outcome = new RegistryFault(fault.StatusCode, fault.Message);
        }
        catch (BodyRefusedException refused)
        {
            if (refused.Refusal is BodyRefusal.TooMany or BodyRefusal.Stopping) http.Response.Headers.RetryAfter = "1";
            if (refused.Refusal == BodyRefusal.Stopping) CloseBehind(http);
            outcome = new RegistryFault(refused.Status, refused.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException && !http.Response.HasStarted)
        {
            // A bug; yet clients of this door read JSON, whatever happens.
            service.Report(route.OperationId, fault);
            outcome = RegistryFault.Internal();
        }
        await exchange.AnswerAsync(outcome).ConfigureAwait(false);
    }

    /// <summary>Ends the connection soon behind this answer: the web server would read what is left of the request's body first, and wait for it.</summary>
    private static void CloseBehind(HttpContext http)
    {
        http.Response.Headers.Connection = "close";
        http.Response.OnCompleted(async () =>
        {
            await Task.Delay(s_grace, TimeProvider.System).ConfigureAwait(false);
            http.Abort();
        });
    }

    private static Task FindAsync(HttpContext http, RegistryService service, IReadOnlyList<RegistryRoute> routes)
    {
        var target = RequestTarget.Of(http);
        if (target.NamesContext)
        {
            var within = target.Within();
            if (within.Fault is { } fault) return new RegistryExchange(http, target, service).AnswerAsync(fault).AsTask();
            target = within.Value;
        }
        var matching = routes.Where(route => route.Matches(target.Segments)).ToList();
        // The server leaves the body of an answer to HEAD out (RFC 9110, 9.3.2).
        var method = HttpMethods.IsHead(http.Request.Method) ? HttpMethods.Get : http.Request.Method;
        if (matching.Find(route => HttpMethods.Equals(route.Method, method)) is { } found) return ServeAsync(http, service, found, target);

        var exchange = new RegistryExchange(http, target, service);
        if (matching.Count == 0) return exchange.AnswerAsync(new RegistryFault(404, "HTTP 404 Not Found")).AsTask();
        var allowed = matching.Select(route => route.Method).Distinct().SelectMany(name => name == "GET" ? ["GET", "HEAD"] : new[] { name });
        http.Response.Headers.Allow = string.Join(", ", allowed);
        return exchange.AnswerAsync(new RegistryFault(405, "HTTP 405 Method Not Allowed")).AsTask();
    }
}
