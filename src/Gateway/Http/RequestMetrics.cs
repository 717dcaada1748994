using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Http;

/// <summary>Times every request of a door. Labels are the route's pattern and the status, never the path itself: their number is bounded.</summary>
public static class RequestMetrics
{
    private static readonly Meter Meter = new("Gateway.Http");

    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("gateway.http.request.duration", "s", "Time to answer an HTTP request, long polls included.");

    private static readonly UpDownCounter<int> Active =
        Meter.CreateUpDownCounter<int>("gateway.http.requests.active", null, "HTTP requests under way.");

    /// <summary>Adds the timing to a door's pipeline.</summary>
    public static void Use(WebApplication app, string door) => app.Use(async (context, next) =>
    {
        var doorLabel = new KeyValuePair<string, object?>("door", door);
        long started = Stopwatch.GetTimestamp();
        Active.Add(1, doorLabel);
        try
        {
            await next(context);
        }
        finally
        {
            Active.Add(-1, doorLabel);
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(none)";
            Duration.Record(
                Stopwatch.GetElapsedTime(started).TotalSeconds,
                doorLabel,
                new KeyValuePair<string, object?>("method", MethodOf(context.Request.Method)),
                new KeyValuePair<string, object?>("route", route),
                new KeyValuePair<string, object?>("status", StatusOf(context.Response.StatusCode)));
        }
    });

    private static string MethodOf(string method) => method is "GET" or "POST" or "PUT" or "DELETE" or "HEAD" or "OPTIONS" or "PATCH" ? method : "other";

    private static string StatusOf(int status) => (status / 100) switch { 1 => "1xx", 2 => "2xx", 3 => "3xx", 4 => "4xx", _ => "5xx" };
}
