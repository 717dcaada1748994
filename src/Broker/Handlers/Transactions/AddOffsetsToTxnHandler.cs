using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Transactions;

/// <summary>Adds the partition in which a group's offsets lie to a transaction.</summary>
internal sealed class AddOffsetsToTxnHandler(BrokerShard shard, BrokerServices services) : Handler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>
{
    private const short FirstWithFenced = 2;

    public override async ValueTask<AddOffsetsToTxnResponse?> HandleAsync(RequestContext context, AddOffsetsToTxnRequest request)
    {
        ErrorCode error = await AddAsync(request);
        return new AddOffsetsToTxnResponse { ErrorCode = TransactionErrors.For(error, context.ApiVersion, FirstWithFenced) };
    }

    private async ValueTask<ErrorCode> AddAsync(AddOffsetsToTxnRequest request)
    {
        if (request.TransactionalId.Length == 0) return ErrorCode.InvalidRequest;
        if (request.GroupId.Length == 0) return ErrorCode.InvalidGroupId;
        // Some clients name the group here before they look for its coordinator.
        await services.EnsureTopicAsync(shard.Image, TopicName.ConsumerOffsets);
        if (services.Groups.PartitionOf(shard.Image, request.GroupId) is not { } partition) return ErrorCode.CoordinatorNotAvailable;
        var producer = new ProducerName(request.TransactionalId, request.ProducerId, request.ProducerEpoch);
        TransactionDecision decision = await services.Transactions.CallAsync(
            shard.Image, request.TransactionalId, (producer, Offsets: new TopicPartition(TopicName.ConsumerOffsets, partition.Partition)),
            static (target, call) => target.AddAsync(call.producer, [call.Offsets], raisesEpoch: false),
            static (error, _) => TransactionDecision.Refused(error));
        return decision.Error;
    }
}
