using Gateway.Broker.Coordinators;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Simulation.BrokerCut;
using Microsoft.Extensions.Logging;

namespace Gateway.Simulation.TransactionCut;

/// <summary>The broker's own coordinator on a partition of its own, made anew at each start as the broker makes it.</summary>
internal sealed class SimulatedCoordinator(SteppedBroker broker, Guid topic, int index, TimeProvider time, ILogger logger) : ITransactionVerifier, ITransactionMarkers
{
    private ShardRef<TransactionPartition> _current;
    private long _nextProducerId = 1;

    /// <summary>One nobody has been given.</summary>
    internal long FreshProducerId => _nextProducerId++;

    internal long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private TopicIdPartition Home => new(topic, index);

    /// <summary>Takes its state from what its partition holds.</summary>
    internal void Load()
    {
        Shard shard = broker.ShardOf(Home);
        broker.Run(Home, async partition =>
        {
            var settings = new TransactionSettings { TimeoutCheckInterval = TimeSpan.FromMilliseconds(200) };
            var transactions = new TransactionPartition(
                shard, index, new PartitionCoordinatorLog(partition, time), partition.LeaderEpoch, () => settings, this, logger);
            _current = new ShardRef<TransactionPartition>(shard, transactions);
            await transactions.LoadAsync();
        });
    }

    /// <summary>A client's request.</summary>
    internal void Ask(Func<TransactionPartition, ValueTask<TransactionDecision>> call, Action<TransactionDecision> answered) =>
        _current.Post(async void (target) => answered(await call(target)));

    public async ValueTask<TransactionVerification> VerifyAsync(TransactionalWrite write)
    {
        TransactionDecision decision = await _current.Call(
            static (target, write) => target.AddAsync(new ProducerName(write.TransactionalId, write.ProducerId, write.ProducerEpoch), [write.Partition], raisesEpoch: true),
            write);
        return new TransactionVerification(decision.Error, decision.Generation);
    }

    public ValueTask<ErrorCode> WriteAsync(TopicPartition partition, TransactionEnd end)
    {
        var id = new TopicIdPartition(topic, partition.Partition);
        return broker.RefTo(id).Call(
            static (owner, end) =>
            {
                var reply = new Reply();
                owner.EndTransaction(end, reply);
                return new ValueTask<ErrorCode>(reply.Outcome.Task);
            },
            end);
    }

    private sealed class Reply : IAppendReply
    {
        internal TaskCompletionSource<ErrorCode> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Complete(in AppendOutcome outcome) => Outcome.SetResult(outcome.Error);
    }
}
