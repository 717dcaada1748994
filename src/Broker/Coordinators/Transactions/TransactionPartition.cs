using Gateway.Broker.Cluster;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>The transactional ids whose state lives in one partition of <c>__transaction_state</c>.</summary>
internal sealed partial class TransactionPartition : CoordinatorState
{
    /// <summary>How long a request waits for a transaction that is about to end, before its client is told to try again.</summary>
    private static readonly TimeSpan SettlingMax = TimeSpan.FromMilliseconds(100);

    private readonly Func<TransactionSettings> _settings;
    private readonly ITransactionMarkers _markers;
    private readonly int _epoch;
    private readonly ILogger _logger;
    private readonly TransactionStore _store = new();
    private readonly Dictionary<string, TaskCompletionSource<bool>> _settling = new(StringComparer.Ordinal);
    private ShardTimer? _timeouts;
    private ShardTimer? _expiry;

    /// <param name="shard">The owner.</param>
    /// <param name="index">Which partition of <c>__transaction_state</c>.</param>
    /// <param name="log">That partition.</param>
    /// <param name="epoch">The epoch in which it is led from here: markers carry it.</param>
    /// <param name="settings">The settings in force.</param>
    /// <param name="markers">Writes markers.</param>
    /// <param name="logger">Whom to tell.</param>
    public TransactionPartition(
        Shard shard, int index, ICoordinatorLog log, int epoch, Func<TransactionSettings> settings, ITransactionMarkers markers, ILogger logger)
        : base(shard, TopicName.TransactionState, index, log, logger)
    {
        _settings = settings;
        _markers = markers;
        _epoch = epoch;
        _logger = logger;
    }

    /// <summary>The transactions, for tests that compare live with replayed state.</summary>
    internal TransactionStore Store => _store;

    /// <summary>InitProducerId; see <see cref="TransactionRules.Init"/>.</summary>
    public async ValueTask<TransactionDecision> InitAsync(ProducerName producer, int timeoutMs, long freshId)
    {
        AssertOnShard();
        if (timeoutMs <= 0 || timeoutMs > _settings().MaxTimeoutMs) return TransactionDecision.Refused(ErrorCode.InvalidTransactionTimeout);
        TransactionDecision decision = await SettledAsync(
            producer.TransactionalId, current => TransactionRules.Init(current, producer, timeoutMs, freshId, NowMs()));
        return decision;
    }

    /// <summary>Adds partitions to a transaction.</summary>
    public ValueTask<TransactionDecision> AddAsync(ProducerName producer, IReadOnlyCollection<TopicPartition> partitions, bool raisesEpoch)
    {
        AssertOnShard();
        return SettledAsync(producer.TransactionalId, current => TransactionRules.Add(current, producer, partitions, raisesEpoch, NowMs()));
    }

    /// <summary>Whether partitions are in a transaction, once that is durable.</summary>
    public ValueTask<TransactionDecision> VerifyAsync(ProducerName producer, IReadOnlyCollection<TopicPartition> partitions)
    {
        AssertOnShard();
        return DecideAsync(producer.TransactionalId, current => TransactionRules.Verify(current, producer, partitions));
    }

    /// <summary>EndTxn: answers when the decision is durable; the markers follow.</summary>
    public ValueTask<TransactionDecision> EndAsync(EndRequest request, long freshId)
    {
        AssertOnShard();
        return DecideAsync(request.Producer.TransactionalId, current => TransactionRules.End(current, request, freshId, NowMs()));
    }

    /// <summary>Which transaction is open under a transactional id; 0 for none.</summary>
    public long GenerationOf(string id) => _store.Find(id) is { Status: TransactionStatus.Ongoing } open ? open.Generation : 0;

    /// <inheritdoc/>
    protected override void Apply(CoordinatorRecord record, long? producerId) => _store.Apply(record);

    /// <inheritdoc/>
    protected override void OnLoaded()
    {
        foreach (Transaction transaction in _store.All)
        {
            if (transaction.IsPrepared) Finish(transaction);
        }
        TransactionEvents.Loaded(_logger, Index, _store.All.Count);
        ScheduleTimeouts();
        ScheduleExpiry();
    }

    /// <inheritdoc/>
    protected override void Forget(ErrorCode because)
    {
        _timeouts?.Dispose();
        _expiry?.Dispose();
        _store.Clear();
        foreach (TaskCompletionSource<bool> waiting in _settling.Values) waiting.TrySetResult(false);
        _settling.Clear();
    }

    /// <summary>As <see cref="DecideAsync"/>; a transaction that is about to end is waited for a while first.</summary>
    private async ValueTask<TransactionDecision> SettledAsync(string id, Func<Transaction?, TransactionDecision> decide)
    {
        TransactionDecision decision = await DecideAsync(id, decide);
        if (decision.Error != ErrorCode.ConcurrentTransactions) return decision;
        if (_store.Find(id) is { IsPrepared: true })
        {
            if (!_settling.TryGetValue(id, out TaskCompletionSource<bool>? settled))
            {
                settled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                _settling.Add(id, settled);
            }
            TaskCompletionSource<bool> waiting = settled;
            using ShardTimer giveUp = Shard.Schedule(SettlingMax, () => GiveUp(id, waiting));
            if (!await settled.Task) return decision;
        }
        return await DecideAsync(id, decide);
    }

    private void GiveUp(string id, TaskCompletionSource<bool> waiting)
    {
        if (_settling.TryGetValue(id, out TaskCompletionSource<bool>? current) && ReferenceEquals(current, waiting)) _settling.Remove(id);
        waiting.TrySetResult(false);
    }

    /// <summary>Decides on what is stored, writes what was decided, and answers when that is committed.</summary>
    private async ValueTask<TransactionDecision> DecideAsync(string id, Func<Transaction?, TransactionDecision> decide)
    {
        if (Unavailable != ErrorCode.None) return TransactionDecision.Refused(Unavailable);
        TransactionDecision decision = decide(_store.Find(id));
        long generation = 0;
        if (decision.Next is { } next)
        {
            ErrorCode refusal = TryWrite([TransactionRecords.Of(next)]);
            if (refusal != ErrorCode.None) return TransactionDecision.Refused(AnswerFor(refusal));
            if (next.ExchangedEpoch != Transaction.NoEpoch) _store.NoteExchange(id, next.ExchangedEpoch);
            if (next.IsPrepared) FinishOnceDecided(id);
        }
        generation = GenerationOf(id);
        ErrorCode error = await CommittedAsync();
        return error == ErrorCode.None ? decision with { Generation = generation } : TransactionDecision.Refused(error);
    }
}
