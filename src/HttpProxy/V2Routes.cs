using Gateway.HttpProxy.Consumers;
using Gateway.HttpProxy.Fetch;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Produce;
using Gateway.HttpProxy.Sockets;
using Gateway.HttpProxy.Streams;
using Gateway.HttpProxy.Topics;

namespace Gateway.HttpProxy;

/// <summary>The routes of the v2 dialect.</summary>
internal static class V2Routes
{
    private const string Instance = "/consumers/{group}/instances/{instance}";

    internal static IReadOnlyList<ProxyRoute> All { get; } =
    [
        new("GET", "/", TopicEndpoints.HelloAsync),
        new("GET", "/brokers", TopicEndpoints.BrokersAsync),
        new("GET", "/topics", TopicEndpoints.ListAsync),
        new("GET", "/topics/{topic}", TopicEndpoints.DescribeAsync),
        new("POST", "/topics/{topic}", ProduceEndpoints.ToTopicAsync),
        new("POST", "/topics/{topic}/raw", RawProduce.HandleAsync) { Parameters = RawProduce.Parameters },
        new("GET", "/topics/{topic}/records", StreamEndpoints.OfTopicAsync) { HasHead = false, Parameters = StreamQuery.Names },
        new("POST", "/topics/{topic}/records:commit", StreamCommit.OfTopicAsync) { Parameters = [] },
        new("GET", "/ws/topics/{topic}", SocketEndpoints.OfTopicAsync) { HasHead = false, Parameters = StreamQuery.Names },
        new("GET", "/topics/{topic}/partitions", TopicEndpoints.PartitionsAsync),
        new("GET", "/topics/{topic}/partitions/{partition}", TopicEndpoints.PartitionAsync),
        new("POST", "/topics/{topic}/partitions/{partition}", ProduceEndpoints.ToPartitionAsync),
        new("GET", "/topics/{topic}/partitions/{partition}/offsets", TopicEndpoints.OffsetsAsync),
        new("GET", "/topics/{topic}/partitions/{partition}/records", FetchEndpoints.ReadAsync)
        {
            Parameters = FetchEndpoints.Parameters,
            IsOfOthers = FetchEndpoints.IsRedpandas,
        },
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
        new("GET", Instance + "/records", ConsumerEndpoints.RecordsAsync) { HasHead = false },
        new("POST", Instance + "/records/{batch}:ack", AckEndpoints.AcknowledgeAsync) { Parameters = [] },
        new("POST", Instance + "/offsets", OffsetEndpoints.CommitAsync),
        new("GET", Instance + "/offsets", OffsetEndpoints.CommittedAsync),
        new("POST", "/admin/topics", CreateEndpoint.CreateAsync),
        new("GET", "/status/ready", TopicEndpoints.ReadyAsync) { IsCounted = false },
    ];
}
