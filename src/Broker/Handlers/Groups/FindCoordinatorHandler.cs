using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Groups;

/// <summary>
/// Who coordinates a group: this node. The first question creates <c>__consumer_offsets</c>. There are no coordinators of transactions
/// or share groups, and a client that asks for one gets an error it does not retry.
/// </summary>
internal sealed class FindCoordinatorHandler(BrokerShard shard, ShardRef<Controller> controller, CreateTopics creation)
    : Handler<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const sbyte Group = 0;
    private const short FirstWithManyKeys = 4;

    public override async ValueTask<FindCoordinatorResponse?> HandleAsync(RequestContext context, FindCoordinatorRequest request)
    {
        if (request.KeyType == Group) await EnsureOffsetsTopicAsync();
        var answer = new FindCoordinatorResponse();
        if (context.ApiVersion >= FirstWithManyKeys)
        {
            foreach (string key in request.CoordinatorKeys) answer.Coordinators.Add(Find(context, request.KeyType, key));
            return answer;
        }
        FindCoordinatorResponse.Coordinator found = Find(context, request.KeyType, request.Key);
        answer.ErrorCode = found.ErrorCode;
        answer.ErrorMessage = found.ErrorMessage;
        answer.NodeId = found.NodeId;
        answer.Host = found.Host;
        answer.Port = found.Port;
        return answer;
    }

    private FindCoordinatorResponse.Coordinator Find(RequestContext context, sbyte keyType, string key)
    {
        if (keyType != Group) return Refused(key, ErrorCode.InvalidRequest, $"This broker has no coordinators of type {keyType}.");
        if (GroupRouter.PartitionOf(shard.Image, key) is not { } partition || shard.IsOffline(partition))
            return Refused(key, ErrorCode.CoordinatorNotAvailable, "The coordinator is not available.");
        HostAndPort address = context.AdvertisedAddress;
        return new() { Key = key, NodeId = shard.Image.NodeId, Host = address.Host, Port = address.Port };
    }

    private async ValueTask EnsureOffsetsTopicAsync()
    {
        if (shard.Image.TryGetTopic(TopicName.ConsumerOffsets, out _)) return;
        try
        {
            await controller.Call(
                static (target, creation) => target.CommitAsync(
                    image => creation.Decide(image, [InternalTopics.Wanted(TopicName.ConsumerOffsets, image.Configs)], validateOnly: false)),
                creation);
        }
        catch (ControllerOfflineException)
        {
            // The topic is still missing, which is what the answer says.
        }
    }

    private static FindCoordinatorResponse.Coordinator Refused(string key, ErrorCode error, string message) =>
        new() { Key = key, NodeId = -1, Host = "", Port = -1, ErrorCode = error, ErrorMessage = message };
}
