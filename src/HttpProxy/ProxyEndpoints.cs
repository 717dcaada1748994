using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.V3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.HttpProxy;

/// <summary>The routes of the proxy.</summary>
public static class ProxyEndpoints
{
    // Of a path that is not there, this much is told back.
    private const int MostOfPath = 200;

    /// <summary>Adds the routes, and answers in the proxy's dialect for paths and methods it does not serve.</summary>
    /// <remarks>The server has to hand over header values as Latin-1, byte by byte; what is text in them is found out here.</remarks>
    public static void Map(IEndpointRouteBuilder endpoints, ProxyService service)
    {
        endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping.Register(service.Stop);
        Map(endpoints, service, V2Routes.All, prefix: "");
        Map(endpoints, service, V3Routes.All, prefix: "");
        // The same under the path a broker's own server gives it; documented once.
        Map(endpoints, service, V3Routes.All, prefix: "/kafka");
        endpoints.MapFallback("{**path}", static context => ProxyRoute.WriteAsync(context, NoSuchPath(context.Request)));
    }

    private static void Map(IEndpointRouteBuilder endpoints, ProxyService service, IReadOnlyList<ProxyRoute> routes, string prefix)
    {
        foreach (ProxyRoute route in routes)
        {
            IEndpointConventionBuilder mapped = endpoints.MapMethods(prefix + route.Pattern, MethodsOf(route), context => route.InvokeAsync(context, service));
            if (prefix.Length > 0) mapped.WithMetadata(new ExcludeFromDescriptionAttribute());
        }
        foreach (IGrouping<string, ProxyRoute> path in routes.GroupBy(static route => route.Pattern))
        {
            string allowed = string.Join(", ", path.SelectMany(MethodsOf));
            endpoints.Map(prefix + path.Key, context => RefuseMethod(context, allowed)).Add(static builder => ((RouteEndpointBuilder)builder).Order = 1);
        }
    }

    private static Problem NoSuchPath(HttpRequest request)
    {
        string path = request.Path.ToUriComponent();
        if (path.Length > MostOfPath) path = path[..MostOfPath] + "…";
        return Problem.Of(Problem.NotFound, $"HTTP 404 Not Found; nothing is at {path}. The paths there are: openapi/http-proxy.yaml, or the admin address in a browser.");
    }

    private static string[] MethodsOf(ProxyRoute route) => route.HasHead ? [route.Method, HttpMethods.Head] : [route.Method];

    private static Task RefuseMethod(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return ProxyRoute.WriteAsync(context, Problem.Of(Problem.MethodNotAllowed, $"HTTP 405 Method Not Allowed; this path takes {allowed}."));
    }
}
