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
{
    /// <summary>A caller's records within one batch: <paramref name="Count"/> records from <paramref name="First"/> on.</summary>
    internal readonly record struct Share(PendingBatch Batch, int First, int Count);

    private readonly Lock _lock = new();
    private readonly Queue<PendingBatch> _waiting = [];
    private PendingBatch? _open;
    private bool _isSending;

    internal TopicPartition Partition { get; } = partition;

    /// <summary>
    /// The identity of the last stamped batch and the sequence that follows it. Only the sender, one batch at a time, uses it.
    /// </summary>
    internal ProducerIdentity? Identity { get; set; }

    /// <inheritdoc cref="Identity"/>
    internal int NextSequence { get; set; }

    /// <summary>Adds the records of a set that lie at <paramref name="indexes"/>. They may spread over several batches.</summary>
    internal List<Share> Add(RecordSet records, IReadOnlyList<int> indexes)
    {
        var shares = new List<Share>(1);
        lock (_lock)
        {
            long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (int index in indexes)
            {
                if (_open is null || (_open.Count > 0 && _open.EstimatedSize + records.SizeOf(index) > options.MaxBatchBytes)) OpenNext();
                PendingBatch batch = _open!;
                if (shares.Count == 0 || shares[^1].Batch != batch)
                {
                    batch.ShareStarts.Add(batch.Count);
                    shares.Add(new Share(batch, batch.Count, 0));
                }
                batch.Append(records, index, nowMs);
                shares[^1] = shares[^1] with { Count = shares[^1].Count + 1 };
            }
        }
        StartSending();
        return shares;
    }

    /// <summary>Adds a finished batch as it is.</summary>
    internal Share Add(RecordsLease batch, int count)
    {
        var pending = new PendingBatch(batch, count, time.GetTimestamp());
        lock (_lock)
        {
            _open = null;
            _waiting.Enqueue(pending);
        }
        StartSending();
        return new Share(pending, 0, count);
    }

    private void OpenNext()
    {
        var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = options.Compression });
        _open = new PendingBatch(builder, time.GetTimestamp());
        _waiting.Enqueue(_open);
    }

    private void StartSending()
    {
        lock (_lock)
        {
            if (_isSending) return;
            _isSending = true;
        }
        SendLoop();
    }

    // async void on purpose: nothing but a broken invariant gets out of here, and that must stop the process.
    private async void SendLoop()
    {
        while (TakeNext() is { } batch)
        {
            await sender.SendAsync(this, batch).ConfigureAwait(false);
            batch.Complete();
        }
    }

    private PendingBatch? TakeNext()
    {
        lock (_lock)
        {
            if (!_waiting.TryDequeue(out PendingBatch? batch))
            {
                _isSending = false;
                return null;
            }
            if (batch == _open) _open = null;
            return batch;
        }
    }
}
