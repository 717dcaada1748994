using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>
/// The idempotent producers of one partition (IDM-1 to IDM-9): which epoch and sequence each of them reached, and where its last
/// batches are. A function of the log: <see cref="Apply"/> alone changes it, at the append as well as at replay, and a snapshot is
/// only a cache of that.
/// </summary>
/// <remarks>
/// Owned by the partition's shard. <see cref="Check"/> and the append with its <see cref="Apply"/> happen in one turn, in order of
/// arrival, so a batch is judged against what is appended and not yet durable as well (IDM-7). A failed flush stops the directory,
/// and a truncation replays into a new table, so nothing is ever rolled back (IDM-8).
/// Invariant: the list is in order of the last append; an open transaction's first offset is open in <see cref="Transactions"/> exactly once.
/// </remarks>
public sealed class ProducerStates
{
    /// <summary>
    /// How many producers a partition remembers unless told otherwise. Beyond it the one that was silent longest is forgotten, so that
    /// made-up ids cannot take all memory.
    /// </summary>
    public const int DefaultMaxProducers = 1 << 16;

    private readonly int _maxProducers;
    private readonly Dictionary<long, LinkedListNode<ProducerState>> _byId = [];
    private readonly LinkedList<ProducerState> _byLastAppend = new();

    /// <summary>An empty table.</summary>
    public ProducerStates(int maxProducers = DefaultMaxProducers) => _maxProducers = maxProducers;

    /// <summary>How many producers are remembered.</summary>
    public int Count => _byId.Count;

    /// <summary>First offset of the oldest transaction that is not decided for good, or null: the last stable offset cannot pass it (FET-5).</summary>
    public long? FirstUndecidedOffset => Transactions.FirstUndecidedOffset;

    /// <summary>The partition's transactions.</summary>
    internal PartitionTransactions Transactions { get; } = new();

    internal bool Knows(long producerId) => _byId.ContainsKey(producerId);

    internal IEnumerable<ProducerState> InOrder => _byLastAppend;

    /// <summary>The last offsets of all batches producers are remembered by: compaction keeps at least their headers, or a replay would forget them.</summary>
    internal HashSet<long> RememberedBatches()
    {
        var offsets = new HashSet<long>();
        foreach (ProducerState state in _byLastAppend)
        {
            for (int i = 0; i < state.Count; i++) offsets.Add(state[i].LastOffset);
        }

        return offsets;
    }

    /// <summary>Whether a transaction of the producer is open here, in this epoch.</summary>
    internal bool HasOpenTransaction(long producerId, short epoch) =>
        Find(producerId) is { } state && state.Epoch == epoch && state.OpenTransactionOffset != ProducerState.NoOffset;

    /// <summary>Whether the batch is stored already.</summary>
    internal bool IsStored(in RecordBatchHeader batch) =>
        Find(batch.ProducerId) is { } state && state.Epoch == batch.ProducerEpoch && state.TryFind(batch.BaseSequence, batch.LastSequence, out _);

    /// <summary>Which of the coordinator's transactions ended last here; 0 when none did since the start.</summary>
    internal long EndedGenerationOf(long producerId) => Find(producerId)?.EndedGeneration ?? 0;

    /// <summary>A coordinator's batch: without sequences, but of an epoch nevertheless.</summary>
    internal ProducerCheck CheckEpoch(in RecordBatchHeader batch) =>
        Find(batch.ProducerId) is { } state && batch.ProducerEpoch < state.Epoch ? Fenced(batch.ProducerId, batch.ProducerEpoch, state) : ProducerCheck.Append;

    /// <summary>Judges a marker somebody else's coordinator, or an operator, wants written (TXN-12).</summary>
    internal ProducerCheck CheckEnd(TransactionEnd end)
    {
        if (Find(end.ProducerId) is not { } state) return ProducerCheck.Append;
        if (end.CoordinatorEpoch < state.CoordinatorEpoch)
        {
            return ProducerCheck.Refused(
                ErrorCode.TransactionCoordinatorFenced,
                $"Producer {end.ProducerId} has a marker of coordinator epoch {state.CoordinatorEpoch}, this one is of {end.CoordinatorEpoch}.");
        }
        if (end.ProducerEpoch < state.Epoch) return Fenced(end.ProducerId, end.ProducerEpoch, state);
        if (!end.RaisesEpoch || end.ProducerEpoch > state.Epoch) return ProducerCheck.Append;
        // A repetition, or a marker of a transaction before the one that is open.
        return state.OpenTransactionOffset == ProducerState.NoOffset ? ProducerCheck.Done : Fenced(end.ProducerId, end.ProducerEpoch, state);
    }

    /// <summary>An own marker with epochs no lower than what is known of the producer.</summary>
    internal TransactionEnd Raised(TransactionEnd end) => Find(end.ProducerId) is { } state
        ? end with { ProducerEpoch = Math.Max(end.ProducerEpoch, state.Epoch), CoordinatorEpoch = Math.Max(end.CoordinatorEpoch, state.CoordinatorEpoch) }
        : end;

    /// <summary>Judges a batch a client sent, before it is appended. Changes nothing. Batches without a producer id always pass.</summary>
    /// <param name="batch">Its header.</param>
    /// <param name="startsAtZero">The producer's epoch is of this transaction alone, so a producer nobody knows has to begin with sequence 0.</param>
    public ProducerCheck Check(in RecordBatchHeader batch, bool startsAtZero = false)
    {
        // IDM-4: nothing known of the producer, any sequence will do.
        if (!batch.HasProducerId) return ProducerCheck.Append;
        if (Find(batch.ProducerId) is not { } state)
        {
            return startsAtZero && batch.BaseSequence != 0
                ? ProducerCheck.Refused(ErrorCode.OutOfOrderSequenceNumber, $"Producer {batch.ProducerId} begins with sequence {batch.BaseSequence}, not 0.")
                : ProducerCheck.Append;
        }
        bool isSameEpoch = batch.ProducerEpoch == state.Epoch;
        if (isSameEpoch && state.TryFind(batch.BaseSequence, batch.LastSequence, out StoredBatch stored))
            return ProducerCheck.Duplicate(stored);

        if (batch.ProducerEpoch < state.Epoch) return Fenced(batch.ProducerId, batch.ProducerEpoch, state);
        int expected = isSameEpoch ? Next(state.LastSequence) : 0;
        if (batch.BaseSequence != expected)
        {
            return ProducerCheck.Refused(
                ErrorCode.OutOfOrderSequenceNumber,
                $"Producer {batch.ProducerId} at epoch {batch.ProducerEpoch} sent sequence {batch.BaseSequence}; {expected} is next.");
        }

        return state.OpenTransactionOffset != ProducerState.NoOffset && !batch.IsTransactional
            ? ProducerCheck.Refused(
                ErrorCode.InvalidTxnState,
                $"Producer {batch.ProducerId} has an open transaction here and sent a batch outside it.")
            : ProducerCheck.Append;
    }

    /// <summary>Takes in a batch of the log: just appended, or replayed. Never refuses; the log is right.</summary>
    /// <param name="stored">Its header as stored, base offset set.</param>
    /// <param name="nowMs">The clock: the time of the append, or of the replay.</param>
    /// <param name="marker">What a control batch says; null for data and for control batches that end no transaction.</param>
    /// <param name="generation">Of an own marker: which transaction of the coordinator it ends.</param>
    public void Apply(in RecordBatchHeader stored, long nowMs, EndTransactionMarker? marker = null, long generation = 0)
    {
        if (!stored.HasProducerId) return;
        if (stored.IsControl && marker is null) return;
        ProducerState state = Touch(stored.ProducerId, nowMs);
        state.Enter(stored.ProducerEpoch);
        if (marker is EndTransactionMarker end)
        {
            Close(state, stored.LastOffset, end.Type == ControlRecordType.Abort);
            state.CoordinatorEpoch = end.CoordinatorEpoch;
            state.EndedGeneration = Math.Max(state.EndedGeneration, generation);
            return;
        }

        // A coordinator's batches have no sequence by which they could come again.
        if (stored.BaseSequence >= 0) state.Add(StoredBatch.Of(stored));
        // What compaction left without records was of a transaction that ended, and its marker may be gone.
        if (stored.IsTransactional && stored.RecordsCount > 0 && state.OpenTransactionOffset == ProducerState.NoOffset) Open(state, stored.BaseOffset);
    }

    /// <summary>
    /// Forgets producers whose last append is <paramref name="expirationMs"/> ago or longer, unless a transaction is open (IDM-5).
    /// </summary>
    public void Expire(long nowMs, long expirationMs)
    {
        LinkedListNode<ProducerState>? node = _byLastAppend.First;
        while (node is not null && nowMs - node.Value.LastAppendMs >= expirationMs)
        {
            LinkedListNode<ProducerState>? next = node.Next;
            if (node.Value.OpenTransactionOffset == ProducerState.NoOffset) Remove(node);
            node = next;
        }
    }

    /// <summary>The table as bytes: a cache of the log up to where the caller stands in it.</summary>
    public byte[] WriteSnapshot() => ProducerStatesSnapshot.Write(this);

    /// <summary>Reads a snapshot; null when it is damaged or of an unknown format: then the log must be replayed from its start.</summary>
    public static ProducerStates? ReadSnapshot(ReadOnlySpan<byte> snapshot, int maxProducers = DefaultMaxProducers) =>
        ProducerStatesSnapshot.TryRead(snapshot, maxProducers);

    /// <summary>True for a snapshot of a format that <see cref="ReadSnapshot"/> reads, damaged or not.</summary>
    internal static bool IsOfKnownFormat(ReadOnlySpan<byte> snapshot) => ProducerStatesSnapshot.IsOfKnownFormat(snapshot);

    /// <summary>Adds a state a snapshot holds, behind all others.</summary>
    internal void Restore(ProducerState state)
    {
        _byId.Add(state.ProducerId, _byLastAppend.AddLast(state));
        if (state.OpenTransactionOffset != ProducerState.NoOffset) Transactions.Open(state.OpenTransactionOffset);
    }

    internal bool Contains(long producerId) => _byId.ContainsKey(producerId);

    private ProducerState? Find(long producerId) => _byId.TryGetValue(producerId, out LinkedListNode<ProducerState>? node) ? node.Value : null;

    private static ProducerCheck Fenced(long producerId, short epoch, ProducerState state) =>
        ProducerCheck.Refused(ErrorCode.InvalidProducerEpoch, $"Producer {producerId} is at epoch {state.Epoch}, the batch at {epoch}.");

    private static int Next(int sequence) => sequence == int.MaxValue ? 0 : sequence + 1;

    private ProducerState Touch(long producerId, long nowMs)
    {
        if (_byId.TryGetValue(producerId, out LinkedListNode<ProducerState>? node))
        {
            _byLastAppend.Remove(node);
            _byLastAppend.AddLast(node);
        }
        else
        {
            if (_byId.Count >= _maxProducers) ForgetOldest();
            node = _byLastAppend.AddLast(new ProducerState(producerId));
            _byId.Add(producerId, node);
        }

        // A clock that was set back must not break the order Expire relies on.
        node.Value.LastAppendMs = Math.Max(nowMs, node.Previous?.Value.LastAppendMs ?? long.MinValue);
        return node.Value;
    }

    private void ForgetOldest()
    {
        for (LinkedListNode<ProducerState>? node = _byLastAppend.First; node is not null; node = node.Next)
        {
            if (node.Value.OpenTransactionOffset != ProducerState.NoOffset) continue;
            Remove(node);
            return;
        }
    }

    private void Open(ProducerState state, long offset)
    {
        state.OpenTransactionOffset = offset;
        Transactions.Open(offset);
    }

    private void Close(ProducerState state, long markerOffset, bool isAborted)
    {
        if (state.OpenTransactionOffset == ProducerState.NoOffset) return;
        Transactions.End(state.ProducerId, state.OpenTransactionOffset, markerOffset, isAborted);
        state.OpenTransactionOffset = ProducerState.NoOffset;
    }

    private void Remove(LinkedListNode<ProducerState> node)
    {
        _byLastAppend.Remove(node);
        _byId.Remove(node.Value.ProducerId);
    }
}
