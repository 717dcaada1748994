using Gateway.Broker.Cluster;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>Finds where a transactional id is coordinated, and answers partitions that ask about their batches.</summary>
internal sealed class TransactionRouter(PartitionRouter partitions, IReadOnlyList<ShardRef<TransactionCoordinator>> coordinators)
    : CoordinatorRouter<TransactionCoordinator, TransactionPartition>(TopicName.TransactionState, partitions, coordinators), ITransactionVerifier
{
    private readonly PartitionRouter _partitions = partitions;

    public async ValueTask<TransactionVerification> VerifyAsync(TransactionalWrite write)
    {
        ClusterImage image = _partitions.Shards[Shard.Current!.Index].Local.Image;
        TransactionDecision decision = await CallAsync(
            image, write.TransactionalId, write,
            static (transactions, write) =>
            {
                var producer = new ProducerName(write.TransactionalId, write.ProducerId, write.ProducerEpoch);
                return write.Adds
                    ? transactions.AddAsync(producer, [write.Partition], raisesEpoch: true)
                    : transactions.VerifyAsync(producer, [write.Partition]);
            },
            static (error, _) => TransactionDecision.Refused(error));
        return new TransactionVerification(decision.Error, decision.Generation);
    }
}
