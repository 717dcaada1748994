using Gateway.HttpProxy.Consumers;
using Gateway.HttpProxy.Fetch;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Produce;
using Gateway.HttpProxy.Topics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.HttpProxy;

/// <summary>The routes of the proxy.</summary>
public static class ProxyEndpoints
{
    private const string Instance = "/consumers/{group}/instances/{instance}";

    private static readonly ProxyRoute[] Routes =
    [
        new("GET", "/", TopicEndpoints.HelloAsync),
        new("GET", "/brokers", TopicEndpoints.BrokersAsync),
        new("GET", "/topics", TopicEndpoints.ListAsync),
        new("GET", "/topics/{topic}", TopicEndpoints.DescribeAsync),
        new("POST", "/topics/{topic}", ProduceEndpoints.ToTopicAsync),
        new("GET", "/topics/{topic}/partitions", TopicEndpoints.PartitionsAsync),
        new("GET", "/topics/{topic}/partitions/{partition}", TopicEndpoints.PartitionAsync),
        new("POST", "/topics/{topic}/partitions/{partition}", ProduceEndpoints.ToPartitionAsync),
        new("GET", "/topics/{topic}/partitions/{partition}/offsets", TopicEndpoints.OffsetsAsync),
        new("GET", "/topics/{topic}/partitions/{partition}/records", FetchEndpoints.ReadAsync),
        new("POST", "/consumers/{group}", ConsumerEndpoints.CreateAsync),
        new("DELETE", Instance, ConsumerEndpoints.DeleteAsync),
        new("POST", Instance + "/subscription", SubscriptionEndpoints.SubscribeAsync),
        new("GET", Instance + "/subscription", SubscriptionEndpoints.ShowAsync),
        new("DELETE", Instance + "/subscription", SubscriptionEndpoints.UnsubscribeAsync),
        new("POST", Instance + "/assignments", SubscriptionEndpoints.AssignAsync),
        new("GET", Instance + "/assignments", SubscriptionEndpoints.AssignmentsAsync),
        new("POST", Instance + "/positions", PositionEndpoints.SeekAsync),
        new("POST", Instance + "/positions/beginning", PositionEndpoints.SeekToBeginningAsync),
        new("POST", Instance + "/positions/end", PositionEndpoints.SeekToEndAsync),
        new("GET", Instance + "/records", ConsumerEndpoints.RecordsAsync),
        new("POST", Instance + "/offsets", OffsetEndpoints.CommitAsync),
        new("GET", Instance + "/offsets", OffsetEndpoints.CommittedAsync),
        new("GET", "/status/ready", TopicEndpoints.ReadyAsync),
    ];

    /// <summary>Adds the routes, and answers in the proxy's dialect for paths and methods it does not serve.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, ProxyService service)
    {
        foreach (ProxyRoute route in Routes)
            endpoints.MapMethods(route.Pattern, [route.Method], context => route.InvokeAsync(context, service));
        foreach (IGrouping<string, ProxyRoute> path in Routes.GroupBy(static route => route.Pattern))
        {
            string allowed = string.Join(", ", path.Select(static route => route.Method));
            endpoints.Map(path.Key, context => RefuseMethod(context, allowed)).Add(static builder => ((RouteEndpointBuilder)builder).Order = 1);
        }
        endpoints.MapFallback("{**path}", static context => ProxyRoute.WriteAsync(context, Problem.Of(Problem.NotFound, "HTTP 404 Not Found")));
    }

    private static Task RefuseMethod(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return ProxyRoute.WriteAsync(context, Problem.Of(Problem.MethodNotAllowed, $"HTTP 405 Method Not Allowed; this path takes {allowed}."));
    }
}
