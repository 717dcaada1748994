using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>Writes markers to where partitions are: to those of committed offsets through the groups that live there.</summary>
internal sealed class TransactionMarkers(BrokerShard shard, GroupRouter groups) : ITransactionMarkers
{
    public ValueTask<ErrorCode> WriteAsync(TopicPartition partition, TransactionEnd end)
    {
        bool exists = shard.Image.TryGetTopic(partition.Topic, out TopicImage? topic) && partition.Partition >= 0 && partition.Partition < topic.PartitionCount;
        // A topic that was deleted took its part of the transaction with it.
        if (!exists) return new(ErrorCode.None);
        var id = new TopicIdPartition(topic!.Id, partition.Partition);
        if (topic.Name == TopicName.ConsumerOffsets)
        {
            return groups.CallAsync(id, end, static (groups, end) => groups.EndTransactionAsync(end), static (error, _) => error);
        }
        return shard.Router.OwnerOf(id).Call(static (owner, work) => WriteAsync(owner, work.id, work.end), (id, end));
    }

    private static ValueTask<ErrorCode> WriteAsync(BrokerShard owner, TopicIdPartition id, TransactionEnd end)
    {
        if (!owner.TryGetPartition(id, out Partition? found)) return new(ErrorCode.None);
        var reply = new Reply();
        found.EndTransaction(end, reply);
        return new(reply.Outcome);
    }

    private sealed class Reply : IAppendReply
    {
        private readonly TaskCompletionSource<ErrorCode> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ErrorCode> Outcome => _outcome.Task;

        public void Complete(in AppendOutcome outcome) => _outcome.SetResult(outcome.Error);
    }
}
