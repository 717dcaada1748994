using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Streams;
using Gateway.HttpProxy.V3.Groups;
using Gateway.HttpProxy.V3.Records;

namespace Gateway.HttpProxy.V3;

/// <summary>The routes of the v3 dialect.</summary>
internal static class V3Routes
{
    private const string Cluster = "/v3/clusters/{cluster}";
    private const string Broker = Cluster + "/brokers/{broker}";
    private const string Topic = Cluster + "/topics/{topic}";
    private const string Partition = Topic + "/partitions/{partition}";
    private const string Group = Cluster + "/consumer-groups/{group}";
    private const string Consumer = Group + "/consumers/{consumer}";

    internal static IReadOnlyList<ProxyRoute> All { get; } =
    [
        new("GET", "/v3/clusters", ClusterEndpoints.ListAsync),
        new("GET", Cluster, On(ClusterEndpoints.GetAsync)),

        new("GET", Cluster + "/brokers", On(BrokerEndpoints.ListAsync)),
        new("GET", Broker, On(BrokerEndpoints.GetAsync)),
        new("GET", Broker + "/partition-replicas", On(BrokerEndpoints.ReplicasAsync)),

        new("GET", Cluster + "/broker-configs", On(static call => ConfigEndpoints.ListAsync(call, ConfigScopes.Cluster(call)))),
        new("POST", Cluster + "/broker-configs:alter", On(static call => ConfigEndpoints.AlterAsync(call, ConfigScopes.Cluster(call)))),
        new("GET", Cluster + "/broker-configs/{name}", On(static call => ConfigEndpoints.GetAsync(call, ConfigScopes.Cluster(call)))),
        new("PUT", Cluster + "/broker-configs/{name}", On(static call => ConfigEndpoints.PutAsync(call, ConfigScopes.Cluster(call)))),
        new("DELETE", Cluster + "/broker-configs/{name}", On(static call => ConfigEndpoints.ResetAsync(call, ConfigScopes.Cluster(call)))),
        new("GET", Cluster + "/brokers/-/configs", On(ConfigEndpoints.OfAllBrokersAsync)),
        new("GET", Broker + "/configs", On(static call => ConfigEndpoints.ListAsync(call, ConfigScopes.Broker(call)))),
        new("POST", Broker + "/configs:alter", On(static call => ConfigEndpoints.AlterAsync(call, ConfigScopes.Broker(call)))),
        new("GET", Broker + "/configs/{name}", On(static call => ConfigEndpoints.GetAsync(call, ConfigScopes.Broker(call)))),
        new("PUT", Broker + "/configs/{name}", On(static call => ConfigEndpoints.PutAsync(call, ConfigScopes.Broker(call)))),
        new("DELETE", Broker + "/configs/{name}", On(static call => ConfigEndpoints.ResetAsync(call, ConfigScopes.Broker(call)))),

        new("GET", Cluster + "/topics", On(TopicEndpoints.ListAsync)),
        new("POST", Cluster + "/topics", On(TopicEndpoints.CreateAsync)),
        new("GET", Topic, On(TopicEndpoints.GetAsync)),
        new("PATCH", Topic, On(TopicEndpoints.GrowAsync)),
        new("DELETE", Topic, On(TopicEndpoints.DeleteAsync)),
        new("GET", Cluster + "/topics/-/configs", On(ConfigEndpoints.OfAllTopicsAsync)),
        new("POST", Cluster + "/topics/-/configs:alter", On(ConfigEndpoints.AlterTopicsAsync)),
        new("GET", Topic + "/configs", On(static call => ConfigEndpoints.ListAsync(call, ConfigScopes.Topic(call)))),
        new("POST", Topic + "/configs:alter", On(static call => ConfigEndpoints.AlterAsync(call, ConfigScopes.Topic(call)))),
        new("GET", Topic + "/configs/{name}", On(static call => ConfigEndpoints.GetAsync(call, ConfigScopes.Topic(call)))),
        new("PUT", Topic + "/configs/{name}", On(static call => ConfigEndpoints.PutAsync(call, ConfigScopes.Topic(call)))),
        new("DELETE", Topic + "/configs/{name}", On(static call => ConfigEndpoints.ResetAsync(call, ConfigScopes.Topic(call)))),

        new("GET", Topic + "/partitions", On(PartitionEndpoints.ListAsync)),
        new("GET", Partition, On(PartitionEndpoints.GetAsync)),
        new("GET", Partition + "/offset", On(PartitionEndpoints.OffsetAsync)),
        new("GET", Partition + "/replicas", On(PartitionEndpoints.ReplicasAsync)),
        new("GET", Partition + "/replicas/{broker}", On(PartitionEndpoints.ReplicaAsync)),
        new("GET", Cluster + "/topics/-/partitions/-/reassignment", On(PartitionEndpoints.ReassignmentsAsync)),
        new("GET", Topic + "/partitions/-/reassignment", On(PartitionEndpoints.ReassignmentsOfTopicAsync)),
        new("GET", Partition + "/reassignment", On(PartitionEndpoints.ReassignmentAsync)),

        new("POST", Topic + "/records", On(StreamProduce.HandleAsync)),
        new("POST", Topic + "/records:batch", On(BatchProduce.HandleAsync)),
        new("POST", Cluster + "/records:transaction", On(TransactionProduce.HandleAsync)) { Parameters = ["schema_in_header"] },
        new("GET", Partition + "/records", On(FetchEndpoints.OfPartitionAsync)) { Parameters = FetchEndpoints.Parameters },
        new("POST", Topic + "/records:fetch", On(FetchEndpoints.OfTopicAsync)) { Parameters = ["bigint"] },
        new("GET", Topic + "/records:stream", OnAnyType(StreamEndpoints.OfTopicAsync)) { HasHead = false, Parameters = StreamQuery.Names },
        new("POST", Topic + "/records:commit", On(StreamCommit.OfTopicAsync)) { Parameters = [] },

        new("GET", Cluster + "/consumer-groups", On(GroupEndpoints.ListAsync)),
        new("GET", Group, On(GroupEndpoints.GetAsync)),
        new("GET", Group + "/consumers", On(ConsumerEndpoints.ListAsync)),
        new("GET", Consumer, On(ConsumerEndpoints.GetAsync)),
        new("GET", Consumer + "/assignments", On(ConsumerEndpoints.AssignmentsAsync)),
        new("GET", Consumer + "/assignments/{topic}/partitions/{partition}", On(ConsumerEndpoints.AssignmentAsync)),
        new("GET", Group + "/lag-summary", On(LagEndpoints.SummaryAsync)),
        new("GET", Group + "/lags", On(LagEndpoints.ListAsync)),
        new("GET", Group + "/lags/{topic}/partitions/{partition}", On(LagEndpoints.GetAsync)),

        new("GET", Cluster + "/acls", On(AclEndpoints.RefuseAsync)),
        new("POST", Cluster + "/acls", On(AclEndpoints.RefuseAsync)),
        new("POST", Cluster + "/acls:batch", On(AclEndpoints.RefuseAsync)),
        new("DELETE", Cluster + "/acls", On(AclEndpoints.RefuseAsync)),
    ];

    /// <summary>An endpoint whose answer is not JSON but of types it chooses itself.</summary>
    private static Func<ProxyCall, ValueTask> OnAnyType(Func<V3Call, ValueTask> handle) =>
        async call => await handle(await V3Call.OpenAsync(call, isJson: false).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>An endpoint within the cluster its path names.</summary>
    private static Func<ProxyCall, ValueTask> On(Func<V3Call, ValueTask> handle) =>
        async call => await handle(await V3Call.OpenAsync(call).ConfigureAwait(false)).ConfigureAwait(false);
}
