using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Groups;

/// <summary>
/// Who coordinates a group or a transactional id: this node. The first question creates the internal topic. There are no coordinators of share
/// groups, and a client that asks for one gets an error it does not retry.
/// </summary>
internal sealed class FindCoordinatorHandler(BrokerShard shard, BrokerServices services) : Handler<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const sbyte Group = 0;
    private const sbyte Transaction = 1;
    private const short FirstWithManyKeys = 4;

    public override async ValueTask<FindCoordinatorResponse?> HandleAsync(RequestContext context, FindCoordinatorRequest request)
    {
        if (request.KeyType is Group or Transaction)
            await services.EnsureTopicAsync(shard.Image, request.KeyType == Group ? TopicName.ConsumerOffsets : TopicName.TransactionState);
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
        if (keyType is not (Group or Transaction)) return Refused(key, ErrorCode.InvalidRequest, $"This broker has no coordinators of type {keyType}.");
        TopicIdPartition? found = keyType == Group ? services.Groups.PartitionOf(shard.Image, key)
            : key.Length == 0 ? null
            : services.Transactions.PartitionOf(shard.Image, key);
        if (found is not { } partition || shard.IsOffline(partition))
            return Refused(key, ErrorCode.CoordinatorNotAvailable, "The coordinator is not available.");
        HostAndPort address = context.AdvertisedAddress;
        return new() { Key = key, NodeId = shard.Image.NodeId, Host = address.Host, Port = address.Port };
    }

    private static FindCoordinatorResponse.Coordinator Refused(string key, ErrorCode error, string message) =>
        new() { Key = key, NodeId = -1, Host = "", Port = -1, ErrorCode = error, ErrorMessage = message };
}
