using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Bench.NullBroker;

/// <summary>Lists exactly what is served.</summary>
internal sealed class NullApiVersionsHandler(HandlerTable table) : Handler<ApiVersionsRequest, ApiVersionsResponse>
{
    public override ValueTask<ApiVersionsResponse?> HandleAsync(RequestContext context, ApiVersionsRequest request) => new(new ApiVersionsResponse
    {
        ApiKeys = [.. table.Ranges.Select(static r => new ApiVersionsResponse.ApiVersion { ApiKey = (short)r.ApiKey, MinVersion = r.MinVersion, MaxVersion = r.MaxVersion })],
    });
}

/// <summary>One broker that leads everything; whatever topic is asked for is made.</summary>
internal sealed class NullMetadataHandler(NullTopics topics, int defaultPartitions) : Handler<MetadataRequest, MetadataResponse>
{
    private const int NodeId = 1;

    public override ValueTask<MetadataResponse?> HandleAsync(RequestContext context, MetadataRequest request)
    {
        bool all = request.Topics is null || (context.ApiVersion == 0 && request.Topics.Count == 0);
        IEnumerable<NullTopic> told = all
            ? topics.All
            : request.Topics!.Where(static t => t.Name is not null).Select(t => topics.Create(t.Name!, defaultPartitions));
        return new(new MetadataResponse
        {
            ClusterId = "null-broker",
            ControllerId = NodeId,
            Brokers = [new() { NodeId = NodeId, Host = context.AdvertisedAddress.Host, Port = context.AdvertisedAddress.Port }],
            Topics = [.. told.Select(Describe)],
        });
    }

    private static MetadataResponse.MetadataResponseTopic Describe(NullTopic topic) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        Partitions =
        [
            .. Enumerable.Range(0, topic.Partitions).Select(static i => new MetadataResponse.MetadataResponsePartition
            {
                PartitionIndex = i, LeaderId = NodeId, LeaderEpoch = 0, ReplicaNodes = [NodeId], IsrNodes = [NodeId],
            }),
        ],
    };
}

/// <summary>Makes topics.</summary>
internal sealed class NullCreateTopicsHandler(NullTopics topics, int defaultPartitions) : Handler<CreateTopicsRequest, CreateTopicsResponse>
{
    public override ValueTask<CreateTopicsResponse?> HandleAsync(RequestContext context, CreateTopicsRequest request) => new(new CreateTopicsResponse
    {
        Topics =
        [
            .. request.Topics.Select(t =>
            {
                NullTopic topic = topics.Create(t.Name, t.NumPartitions > 0 ? t.NumPartitions : defaultPartitions);
                return new CreateTopicsResponse.CreatableTopicResult { Name = topic.Name, TopicId = topic.Id, NumPartitions = topic.Partitions, ReplicationFactor = 1 };
            }),
        ],
    });
}

/// <summary>Forgets topics.</summary>
internal sealed class NullDeleteTopicsHandler(NullTopics topics) : Handler<DeleteTopicsRequest, DeleteTopicsResponse>
{
    public override ValueTask<DeleteTopicsResponse?> HandleAsync(RequestContext context, DeleteTopicsRequest request) => new(new DeleteTopicsResponse
    {
        Responses =
        [
            .. request.TopicNames.Concat(request.Topics.Select(static t => t.Name).OfType<string>()).Select(name =>
                new DeleteTopicsResponse.DeletableTopicResult { Name = name, ErrorCode = topics.Delete(name) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition }),
        ],
    });
}
