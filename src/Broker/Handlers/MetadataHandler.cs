using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Configs;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers;

/// <summary>Who leads which partition (MD-1…9). One node leads them all; a topic that is not there may be created (MD-3).</summary>
internal sealed class MetadataHandler(BrokerShard shard, BrokerServices services) : Handler<MetadataRequest, MetadataResponse>
{
    public override async ValueTask<MetadataResponse?> HandleAsync(RequestContext context, MetadataRequest request)
    {
        bool all = request.Topics is null || (context.ApiVersion == 0 && request.Topics.Count == 0);
        // MD-2: topic ids came with 12; 10 and 11 had the field but not the meaning.
        bool asksTooEarly = !all && context.ApiVersion is 10 or 11 && request.Topics!.Any(static t => t.Name is null || t.TopicId != Guid.Empty);
        Dictionary<string, ErrorCode> refused = all || asksTooEarly ? [] : await CreateMissingAsync(request);

        ClusterImage image = shard.Image;
        var response = new MetadataResponse
        {
            ClusterId = image.ClusterId,
            ControllerId = image.NodeId,
            Brokers = [new() { NodeId = image.NodeId, Host = context.AdvertisedAddress.Host, Port = context.AdvertisedAddress.Port, Rack = image.Configs.Broker(BrokerConfigs.BrokerRack) }],
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations ? AuthorizedOperations.OnCluster : AuthorizedOperations.NotAsked,
        };
        int operations = request.IncludeTopicAuthorizedOperations ? AuthorizedOperations.OnTopic : AuthorizedOperations.NotAsked;
        if (all)
        {
            foreach (TopicImage topic in image.TopicsByName.Values) response.Topics.Add(Describe(image, topic, operations));
            return response;
        }
        foreach (MetadataRequest.MetadataRequestTopic asked in request.Topics!)
        {
            if (asksTooEarly) response.Topics.Add(Missing(asked, ErrorCode.InvalidRequest));
            else if (asked.Name is null) response.Topics.Add(image.TryGetTopic(asked.TopicId, out TopicImage? byId) ? Describe(image, byId, operations) : Missing(asked, ErrorCode.UnknownTopicId));
            else if (image.TryGetTopic(asked.Name, out TopicImage? byName)) response.Topics.Add(Describe(image, byName, operations));
            else response.Topics.Add(Missing(asked, refused.GetValueOrDefault(asked.Name, ErrorCode.UnknownTopicOrPartition)));
        }
        return response;
    }

    /// <summary>Creates what is asked for by name and missing, if the request and the broker allow it; says why a name cannot be.</summary>
    private async ValueTask<Dictionary<string, ErrorCode>> CreateMissingAsync(MetadataRequest request)
    {
        Dictionary<string, ErrorCode> refused = new(StringComparer.Ordinal);
        bool mayCreate = request.AllowAutoTopicCreation && shard.Image.Configs.BrokerBoolean(BrokerConfigs.AutoCreateTopicsEnable);
        List<WantedTopic> wanted = [];
        foreach (string name in request.Topics!.Select(static t => t.Name).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (shard.Image.TryGetTopic(name, out _)) continue;
            if (TopicName.Problem(name) is not null) refused[name] = ErrorCode.InvalidTopicException;
            else if (mayCreate) wanted.Add(InternalTopics.Wanted(name, shard.Image.Configs));
        }
        if (wanted.Count == 0) return refused;
        IReadOnlyList<CreatedTopic> outcomes = await services.Controller.CommitAsync(
            image => services.TopicCreation.Decide(image, wanted, validateOnly: false),
            reason => [.. wanted.Select(topic => new CreatedTopic(topic.Name, ErrorCode.LeaderNotAvailable, reason, null))]);
        foreach (CreatedTopic outcome in outcomes)
        {
            // Somebody else was first: then it is there now.
            if (outcome.Error is not (ErrorCode.None or ErrorCode.TopicAlreadyExists)) refused[outcome.Name] = outcome.Error;
        }
        return refused;
    }

    private MetadataResponse.MetadataResponseTopic Describe(ClusterImage image, TopicImage topic, int operations)
    {
        var described = new MetadataResponse.MetadataResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = topic.IsInternal,
            TopicAuthorizedOperations = operations,
        };
        int epoch = image.LeaderEpochOf(topic);
        for (int index = 0; index < topic.PartitionCount; index++)
        {
            // MD-6: a partition nobody can serve has no leader, but keeps its replicas.
            bool offline = shard.IsOffline(new TopicIdPartition(topic.Id, index));
            described.Partitions.Add(new MetadataResponse.MetadataResponsePartition
            {
                ErrorCode = offline ? ErrorCode.LeaderNotAvailable : ErrorCode.None,
                PartitionIndex = index,
                LeaderId = offline ? -1 : image.NodeId,
                LeaderEpoch = epoch,
                ReplicaNodes = [image.NodeId],
                IsrNodes = [image.NodeId],
                OfflineReplicas = offline ? [image.NodeId] : [],
            });
        }
        return described;
    }

    private static MetadataResponse.MetadataResponseTopic Missing(MetadataRequest.MetadataRequestTopic asked, ErrorCode error) => new()
    {
        ErrorCode = error,
        // Only an unknown id is answered without a name; versions below 12 cannot say null.
        Name = error == ErrorCode.UnknownTopicId ? null : asked.Name ?? "",
        TopicId = asked.TopicId,
        IsInternal = asked.Name is not null && TopicName.IsInternal(asked.Name),
    };
}
