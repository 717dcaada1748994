using System.Text;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Simulation.BrokerCut;

namespace Gateway.Simulation.TransactionCut;

/// <summary>A transactional producer that goes on step by step, forgets everything at each end of the broker but what it was told, and begins anew.</summary>
internal sealed class TransactionalClient(string id, IReadOnlyList<TopicIdPartition> partitions, Random random, SimulatedCoordinator coordinator, SteppedBroker broker)
{
    private readonly Dictionary<TopicIdPartition, int> _sequences = [];
    private SimulatedTransaction? _open;
    private (long Id, short Epoch) _producer;
    private bool _isReady;
    private bool _isBusy;
    private int _life;

    /// <summary>All its transactions.</summary>
    internal List<SimulatedTransaction> Transactions { get; } = [];

    /// <summary>It waits for nothing, and the broker knows it.</summary>
    internal bool IsIdle => _isReady && !_isBusy && _open is null;

    /// <summary>The broker is another one: whatever was under way is in doubt, and it needs an epoch anew.</summary>
    internal void Forget()
    {
        _life++;
        _open = null;
        _isReady = _isBusy = false;
    }

    /// <summary>Does the next thing, unless it waits for the last.</summary>
    internal void Step(Func<int> newNumber)
    {
        if (_isBusy) return;
        if (!_isReady) Init();
        else if (_open is null) Transactions.Add(_open = new SimulatedTransaction(newNumber()));
        else if (_open.Acked.Count == 0 || random.Next(3) > 0) Send();
        else End(random.Next(3) > 0);
    }

    /// <summary>Gets an epoch, which ends whatever it left open.</summary>
    internal void Init() => Ask(
        target => target.InitAsync(new ProducerName(id, -1, -1), 1_000, coordinator.FreshProducerId),
        decision =>
        {
            if (decision.Error != ErrorCode.None) return;
            Begin(decision);
            _isReady = true;
        });

    private void Begin(TransactionDecision decision)
    {
        _producer = decision.Producer;
        _sequences.Clear();
        _open = null;
    }

    private void End(bool commits)
    {
        SimulatedTransaction ending = _open!;
        if (commits) ending.End = KnownEnd.Asked;
        Ask(
            target => target.EndAsync(new EndRequest(new ProducerName(id, _producer.Id, _producer.Epoch), commits, RaisesEpoch: true), coordinator.FreshProducerId),
            decision =>
            {
                if (decision.Error == ErrorCode.None)
                {
                    if (commits) ending.End = KnownEnd.Committed;
                    Begin(decision);
                }
                else
                {
                    Fail();
                }
            });
    }

    private void Send()
    {
        SimulatedTransaction transaction = _open!;
        TopicIdPartition partition = partitions[random.Next(partitions.Count)];
        int sequence = _sequences.GetValueOrDefault(partition);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            ProducerId = _producer.Id,
            ProducerEpoch = _producer.Epoch,
            BaseSequence = sequence,
            IsTransactional = true,
        });
        int records = random.Next(1, 4);
        for (int i = 0; i < records; i++) builder.Append(coordinator.NowMs, (byte[]?)null, Encoding.UTF8.GetBytes($"{transaction.Number}:{sequence + i}"));
        RecordsLease batch = builder.Build();
        int life = _life;
        _isBusy = true;
        broker.Post(partition, owner => owner.Append(
            new ProducedBatch(batch, AppendOrigin.Client, AckAt.Commit, new Reply(outcome =>
            {
                if (life != _life || broker.IsPowerGone) return;
                _isBusy = false;
                if (outcome.Error != ErrorCode.None)
                {
                    Fail();
                    return;
                }
                _sequences[partition] = sequence + records;
                transaction.Acked[partition] = sequence + records;
            }))
            { Transaction = new TransactionalProduce(id, 12) }));
    }

    /// <summary>Something did not go well: the client begins anew, and what it had open is aborted by that.</summary>
    private void Fail()
    {
        _open = null;
        _isReady = false;
    }

    private void Ask(Func<TransactionPartition, ValueTask<TransactionDecision>> call, Action<TransactionDecision> answered)
    {
        int life = _life;
        _isBusy = true;
        coordinator.Ask(call, decision =>
        {
            if (life != _life || broker.IsPowerGone) return;
            _isBusy = false;
            answered(decision);
        });
    }

    private sealed class Reply(Action<AppendOutcome> told) : IAppendReply
    {
        public void Complete(in AppendOutcome outcome) => told(outcome);
    }
}
