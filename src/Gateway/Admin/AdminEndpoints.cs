using Gateway.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Admin;

/// <summary>Health, readiness, metrics and the API documents. Swagger UI itself is middleware, see <see cref="SwaggerPages"/>.</summary>
public static class AdminEndpoints
{
    /// <summary>Adds the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, Readiness readiness, MetricsCollector metrics, ApiDocuments documents)
    {
        routes.MapGet("/livez", context => WriteText(context, StatusCodes.Status200OK, "ok\n"));
        routes.MapGet("/readyz", context =>
        {
            int status = readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return WriteText(context, status, readiness.Describe());
        });
        var scrape = new SharedScrape(metrics.Scrape);
        routes.MapGet("/metrics", async context =>
            await WriteText(context, StatusCodes.Status200OK, await scrape.ReadAsync(), "text/plain; version=0.0.4; charset=utf-8"));
        routes.MapGet("/openapi/{document}", context =>
        {
            string? text = documents.Find((string)context.GetRouteValue("document")!, context.Request.Host.Host);
            return text is null
                ? WriteText(context, StatusCodes.Status404NotFound, $"no such document; there are {string.Join(", ", ApiDocuments.Names)}\n")
                : WriteText(context, StatusCodes.Status200OK, text, "application/yaml; charset=utf-8");
        });
    }

    private static Task WriteText(HttpContext context, int status, string text, string contentType = "text/plain; charset=utf-8")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text);
    }
}
