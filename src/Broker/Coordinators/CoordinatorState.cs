using Gateway.Common.Errors;
using Gateway.Protocol.Wire;
using Gateway.Shards;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators;

/// <summary>
/// What a coordinator keeps in one partition of an internal topic. Requests are decided and their records appended and applied in one turn;
/// answers wait until everything applied so far is committed (design D6).
/// </summary>
/// <remarks>
/// Invariant: the state holds exactly what the appended records say. When an append fails the whole state is thrown away and replayed from the
/// log; nothing is rolled back.
/// </remarks>
internal abstract class CoordinatorState : ShardOwned
{
    private static readonly TimeSpan ReplayAgainAfter = TimeSpan.FromSeconds(5);

    private readonly ICoordinatorLog _log;
    private readonly ILogger _logger;
    private readonly Queue<(long Position, TaskCompletionSource<ErrorCode> Waiting)> _uncommitted = new();
    private ShardTimer? _retry;
    private long _appended;
    private long _committed;
    private bool _isClosed;

    /// <param name="shard">The owner.</param>
    /// <param name="topic">The internal topic.</param>
    /// <param name="index">Which partition of it.</param>
    /// <param name="log">That partition.</param>
    /// <param name="logger">Whom to tell.</param>
    protected CoordinatorState(Shard shard, string topic, int index, ICoordinatorLog log, ILogger logger)
        : base(shard)
    {
        Topic = topic;
        Index = index;
        _log = log;
        _logger = logger;
    }

    /// <summary>The internal topic.</summary>
    public string Topic { get; }

    /// <summary>Which partition of the internal topic.</summary>
    public int Index { get; }

    /// <summary>None when requests are served; otherwise what they are answered with.</summary>
    public ErrorCode Unavailable { get; private set; } = ErrorCode.CoordinatorLoadInProgress;

    /// <summary>Rises whenever the state is thrown away: what was begun on an older one ends there.</summary>
    protected int Life { get; private set; }

    /// <summary>Replays the log and begins to serve. Until then every request is answered with COORDINATOR_LOAD_IN_PROGRESS (14).</summary>
    public async Task LoadAsync()
    {
        AssertOnShard();
        int life = Life;
        ErrorCode error = await ReplayAsync();
        if (life != Life) return;
        if (error != ErrorCode.None)
        {
            CoordinatorEvents.ReplayFailed(_logger, Topic, Index, error);
            Forget(ErrorCode.NotCoordinator);
            Unavailable = ErrorCode.NotCoordinator;
            _retry = Shard.Schedule(ReplayAgainAfter, static state => state.LoadAgain(), this);
            return;
        }
        Unavailable = ErrorCode.None;
        OnLoaded();
    }

    /// <summary>Answers everybody who waits with <paramref name="because"/> and serves no more.</summary>
    public void Close(ErrorCode because)
    {
        AssertOnShard();
        _isClosed = true;
        Discard(because);
    }

    /// <summary>Takes one record over.</summary>
    /// <param name="record">The record.</param>
    /// <param name="producerId">The producer whose transaction it is part of, and waits for the end of; null when it counts at once.</param>
    protected abstract void Apply(CoordinatorRecord record, long? producerId);

    /// <summary>Takes over that a producer's transaction has ended.</summary>
    protected virtual void ApplyEnd(long producerId, bool isCommitted)
    {
    }

    /// <summary>The log was replayed: what is under way goes on.</summary>
    protected abstract void OnLoaded();

    /// <summary>Throws the state away; whoever waits is answered with <paramref name="because"/>.</summary>
    protected abstract void Forget(ErrorCode because);

    /// <summary>
    /// Appends the records of a decision that stands by itself, and applies them. A refusal changes nothing, and is the answer.
    /// </summary>
    /// <param name="records">The records.</param>
    /// <param name="transaction">The transaction they are part of; null without.</param>
    protected ErrorCode TryWrite(IReadOnlyList<CoordinatorRecord> records, TransactionalAppend? transaction = null)
    {
        if (records.Count == 0) return ErrorCode.None;
        ErrorCode refusal = TryAppend(done => _log.Append(records, transaction, done));
        if (refusal != ErrorCode.None) return refusal;
        foreach (CoordinatorRecord record in records) Apply(record, transaction?.ProducerId);
        return ErrorCode.None;
    }

    /// <summary>Appends the end of a transaction, and applies it. A refusal changes nothing, and is the answer.</summary>
    protected ErrorCode TryWrite(Partitions.TransactionEnd end)
    {
        ErrorCode refusal = TryAppend(done => _log.Append(end, done));
        if (refusal == ErrorCode.None) ApplyEnd(end.ProducerId, end.IsCommitted);
        return refusal;
    }

    /// <summary>
    /// As <see cref="TryWrite(IReadOnlyList{CoordinatorRecord}, TransactionalAppend?)"/>, for records about what has happened already: when they are
    /// refused the state is thrown away, as if they had been lost later.
    /// </summary>
    protected void Write(IReadOnlyList<CoordinatorRecord> records)
    {
        ErrorCode refusal = TryWrite(records);
        if (refusal != ErrorCode.None) Lose(refusal);
    }

    /// <summary>Completes when everything applied so far is committed: None, or what the request is to be answered with instead.</summary>
    protected ValueTask<ErrorCode> CommittedAsync()
    {
        if (Unavailable != ErrorCode.None) return new(Unavailable);
        if (_committed >= _appended) return new(ErrorCode.None);
        var waiting = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _uncommitted.Enqueue((_appended, waiting));
        return new(waiting.Task);
    }

    /// <summary>How a failed append is told to clients: the classes make them look for the coordinator again (kafka: §8, append errors).</summary>
    protected static ErrorCode AnswerFor(ErrorCode append) => append switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas or ErrorCode.RequestTimedOut => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError => ErrorCode.NotCoordinator,
        ErrorCode.InvalidProducerEpoch or ErrorCode.InvalidTxnState or ErrorCode.TransactionCoordinatorFenced => append,
        _ => ErrorCode.UnknownServerError,
    };

    /// <summary>The clock.</summary>
    protected long NowMs() => Shard.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private ErrorCode TryAppend(Action<Action<ErrorCode>> append)
    {
        int life = Life;
        long position = _appended + 1;
        bool isAppending = true;
        var refusal = ErrorCode.None;
        append(error =>
        {
            if (isAppending && error != ErrorCode.None) refusal = error;
            else Done(life, position, error);
        });
        isAppending = false;
        if (refusal == ErrorCode.None) _appended = position;
        return refusal;
    }

    private async ValueTask<ErrorCode> ReplayAsync()
    {
        try
        {
            return await _log.ReplayAsync(new ReplayOfLife(this));
        }
        catch (ProtocolException)
        {
            return ErrorCode.CorruptMessage;
        }
    }

    private void Done(int life, long position, ErrorCode error)
    {
        if (life != Life) return;
        if (error != ErrorCode.None)
        {
            Lose(error);
            return;
        }
        _committed = position;
        while (_uncommitted.TryPeek(out var entry) && entry.Position <= position) _uncommitted.Dequeue().Waiting.SetResult(ErrorCode.None);
    }

    private void Lose(ErrorCode error)
    {
        CoordinatorEvents.AppendFailed(_logger, Topic, Index, error);
        Discard(AnswerFor(error));
        // Posted, because whoever appended is still at it and is to find the state unavailable.
        Shard.Post(static state => state.LoadAgain(), this);
    }

    private void Discard(ErrorCode because)
    {
        Life++;
        Unavailable = because;
        _committed = _appended;
        _retry?.Dispose();
        while (_uncommitted.TryDequeue(out var entry)) entry.Waiting.SetResult(because);
        Forget(because);
    }

    // async void: what goes wrong here surfaces on the shard instead of in a task nobody looks at.
    private async void LoadAgain()
    {
        if (_isClosed) return;
        Unavailable = ErrorCode.CoordinatorLoadInProgress;
        await LoadAsync();
    }

    /// <summary>A replay that goes on after the state was thrown away says nothing any more.</summary>
    private sealed class ReplayOfLife(CoordinatorState state) : ICoordinatorReplay
    {
        private readonly int _life = state.Life;

        public void Record(CoordinatorRecord record, long? producerId)
        {
            if (_life == state.Life) state.Apply(record, producerId);
        }

        public void TransactionEnded(long producerId, bool isCommitted)
        {
            if (_life == state.Life) state.ApplyEnd(producerId, isCommitted);
        }
    }
}
