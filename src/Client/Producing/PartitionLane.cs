using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Client.Producing;

/// <summary>
/// The way of records into one partition. One batch is under way at a time: the first record leaves at once, and what
/// arrives meanwhile becomes the next batch, so that batches grow with the load and no timer adds to the latency.
/// </summary>
/// <remarks>Thread-safe. Records leave in the order in which they were added.</remarks>
internal sealed class PartitionLane(TopicPartition partition, BatchSender sender, ProducerOptions options, TimeProvider time)
    : IThreadPoolWorkItem
{
    /// <summary>A caller's records within one batch: <paramref name="Count"/> records from <paramref name="First"/> on.</summary>
    internal readonly record struct Share(PendingBatch Batch, int First, int Count);

    private const int SmallestBatch = 4096, JoinersExpected = 4;

    // What callers share stays small enough for a processor's own cache, which a batch passes through four times, and for requests to be read while
    // the batch before them is written. The records of one caller are not cut up for that.
    private const int SharedBatch = 256 * 1024;

    private readonly RecordBatchOptions _batches = new() { Compression = options.Compression };
    private readonly Lock _lock = new();
    private readonly Queue<PendingBatch> _waiting = [];
    private PendingBatch? _open;
    private int _lastSize;
    private bool _isSending;

    internal TopicPartition Partition { get; } = partition;

    /// <summary>
    /// The identity of the last stamped batch and the sequence that follows it. Only the sender, one batch at a time, uses it.
    /// </summary>
    internal ProducerIdentity? Identity { get; set; }

    /// <inheritdoc cref="Identity"/>
    internal int NextSequence { get; set; }

    /// <summary>Adds the records of a set that lie at <paramref name="indexes"/>. They may spread over several batches.</summary>
    /// <param name="records">The set.</param>
    /// <param name="indexes">Which of its records.</param>
    /// <param name="size">About how many bytes they have together.</param>
    /// <param name="call">Whose they are.</param>
    internal void Add(RecordSet records, ReadOnlySpan<int> indexes, long size, ProduceCall call)
    {
        lock (_lock)
        {
            long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (_open is { Count: > 0 } shared && shared.EstimatedSize + size > SharedBatch) OpenNext(size);
            PendingBatch? last = null;
            int added = 0;
            foreach (int index in indexes)
            {
                if (_open is null || (_open.Count > 0 && _open.EstimatedSize + records.SizeOf(index) > options.MaxBatchBytes)) OpenNext(size);
                if (_open != last)
                {
                    if (last is not null) call.Shares[^1] = call.Shares[^1] with { Count = added };
                    (last, added) = (_open, 0);
                    last!.Admit(call, last.Count);
                }
                last!.Append(records, index, nowMs);
                added++;
            }
            if (last is not null) call.Shares[^1] = call.Shares[^1] with { Count = added };
        }
        StartSending();
    }

    /// <summary>Adds the records of a source, all to one batch; false when they cannot be.</summary>
    /// <param name="source">Writes them, while the lane is locked.</param>
    /// <param name="mayHaveKeys">Whether records with keys belong here too.</param>
    /// <param name="call">Whose they are.</param>
    internal bool TryAdd<TSource>(ref TSource source, bool mayHaveKeys, ProduceCall call)
        where TSource : IRecordSource, allows ref struct
    {
        int size = source.SizeHint, most = Math.Min(SharedBatch, options.MaxBatchBytes);
        if (size > most) return false;
        lock (_lock)
        {
            bool joins = _open is { Count: > 0 } shared && shared.EstimatedSize + size <= most;
            PendingBatch batch = joins ? _open! : NewBatch(size);
            int first = batch.Count;
            bool isAdded = false;
            try
            {
                isAdded = batch.TryAppend(ref source, time.GetUtcNow().ToUnixTimeMilliseconds(), mayHaveKeys);
            }
            finally
            {
                if (!isAdded && !joins) batch.Discard();
            }
            if (!isAdded) return false;
            if (!joins) Open(batch);
            batch.Admit(call, first);
            call.Shares[^1] = call.Shares[^1] with { Count = batch.Count - first };
        }
        StartSending();
        return true;
    }

    /// <summary>Adds a finished batch as it is.</summary>
    internal void Add(RecordsLease batch, int count, ProduceCall call)
    {
        var pending = new PendingBatch(batch, count, time.GetTimestamp());
        pending.Admit(call, 0);
        call.Shares[^1] = call.Shares[^1] with { Count = count };
        lock (_lock)
        {
            _open = null;
            _waiting.Enqueue(pending);
        }
        StartSending();
    }

    private void OpenNext(long size) => Open(NewBatch(size));

    private void Open(PendingBatch batch)
    {
        _open = batch;
        _waiting.Enqueue(batch);
    }

    private PendingBatch NewBatch(long size)
    {
        // While a batch is under way others of about the size will join these, as many as joined the last; else they leave at once, alone.
        long expected = _isSending ? Math.Max(size, Math.Min(Math.Max(JoinersExpected * size, _lastSize), SharedBatch)) : size;
        var builder = new RecordBatchBuilder(_batches, (int)Math.Max(SmallestBatch, Math.Min(expected, options.MaxBatchBytes)));
        return new PendingBatch(builder, time.GetTimestamp());
    }

    private void StartSending()
    {
        lock (_lock)
        {
            // What was added may have left already, with somebody else's records.
            if (_isSending || _waiting.Count == 0) return;
            _isSending = true;
        }
        SendNext();
    }

    void IThreadPoolWorkItem.Execute() => SendNext();

    // async void on purpose: nothing but a broken invariant gets out of here, and that must stop the process.
    private async void SendNext()
    {
        PendingBatch batch = TakeNext();
        await sender.SendAsync(this, batch).ConfigureAwait(false);
        bool isIdle;
        lock (_lock)
        {
            isIdle = _waiting.Count == 0;
            if (isIdle) _isSending = false;
        }
        // Behind what the pool has to do already: on a busy machine those are requests whose records can still join the next batch, so that
        // its round trip is paid once for all of them.
        if (!isIdle) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        batch.Complete(mayRunCallers: isIdle);
    }

    private PendingBatch TakeNext()
    {
        lock (_lock)
        {
            PendingBatch batch = _waiting.Dequeue();
            _lastSize = batch.EstimatedSize;
            if (batch == _open) _open = null;
            return batch;
        }
    }
}
