using Gateway.Broker.Cluster;
using Gateway.Broker.Handlers.Fetch;
using Gateway.Broker.Handlers.Produce;
using Gateway.Broker.Network;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers;

/// <summary>
/// The APIs this room serves, one line each. A line here is a promise: ApiVersions lists it (AV-6) unless it is our own, from Apache Kafka 3.9's lowest
/// version to 4.4's highest.
/// </summary>
internal static class HandlerRegistration
{
    public static void AddTo(HandlerTable table, BrokerServices services)
    {
        table.Add<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 13, s => new ProduceHandler(services.On(s)), advertisedMin: 0);
        table.Add<FetchRequest, FetchResponse>(ApiKey.Fetch, 4, 18, s => new FetchHandler(services.On(s)), pipelining: Pipelining.AfterEarlierAnswers);
        table.Add<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 0, 11, s => new ListOffsetsHandler(services.On(s)));
        table.Add<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 13, s => new MetadataHandler(services.On(s), services));
        table.Add<ApiVersionsRequest, ApiVersionsResponse>(ApiKey.ApiVersions, 0, 5, s => new ApiVersionsHandler(services.On(s), table));
        table.Add<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 0, 7, s => new CreateTopicsHandler(services.On(s), services));
        table.Add<DeleteTopicsRequest, DeleteTopicsResponse>(ApiKey.DeleteTopics, 0, 6, _ => new DeleteTopicsHandler(services.Controller));
        table.Add<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(ApiKey.OffsetForLeaderEpoch, 0, 4, s => new OffsetForLeaderEpochHandler(services.On(s)));
        table.Add<DescribeConfigsRequest, DescribeConfigsResponse>(ApiKey.DescribeConfigs, 0, 4, s => new DescribeConfigsHandler(services.On(s)));
        table.Add<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            ApiKey.IncrementalAlterConfigs, 0, 1, _ => new IncrementalAlterConfigsHandler(services.Controller, services.ConfigAlteration));
        table.Add<CreatePartitionsRequest, CreatePartitionsResponse>(ApiKey.CreatePartitions, 0, 3, _ => new CreatePartitionsHandler(services.Controller, services.TopicGrowth));
        table.Add<AppendIfRequest, AppendIfResponse>(ApiKey.AppendIf, 0, 0, s => new AppendIfHandler(services.On(s)), isWithin: true);
        table.Add<FindKeyRequest, FindKeyResponse>(ApiKey.FindKey, 0, 0, s => new FindKeyHandler(services.On(s)), isWithin: true);
        table.Add<DescribeClusterRequest, DescribeClusterResponse>(ApiKey.DescribeCluster, 0, 2, s => new DescribeClusterHandler(services.On(s)));
    }
}
