using System.Collections.Concurrent;
using Gateway.Client.Topology;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Client.Producing;

/// <summary>Writes records. Errors that concern records are in their results; nothing waits for a timer.</summary>
/// <remarks>
/// Thread-safe. Records of one caller for one partition keep their order. Cancelling stops the wait, not the batch: whether
/// its records are stored is then unknown, as after any lost answer.
/// </remarks>
public sealed class Producer : IAsyncDisposable
{
    private readonly MetadataCache _metadata;
    private readonly BatchSender _sender;
    private readonly ProducerOptions _options;
    private readonly ClientOptions _client;
    private readonly Partitioner _partitioner;
    private readonly ConcurrentDictionary<TopicPartition, PartitionLane> _lanes = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _callers = 1;
    private int _disposed;

    internal Producer(MetadataCache metadata, BatchSender sender, ProducerOptions options, ClientOptions client)
    {
        _metadata = metadata;
        _sender = sender;
        _options = options;
        _client = client;
        _partitioner = new Partitioner(client.Random);
        Budget = new ByteBudget(options.MaxBufferedBytes);
    }

    /// <summary>Bytes of records waiting or under way.</summary>
    internal ByteBudget Budget { get; }

    /// <summary>Writes one record.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="key">Its key; null goes to partitions by turns.</param>
    /// <param name="value">Its value; null is a tombstone.</param>
    /// <param name="partition">The partition, or -1 to choose by the key.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="cancel">Stops the wait.</param>
    public async ValueTask<ProducedRecord> ProduceAsync(
        string topic,
        ReadOnlyMemory<byte>? key,
        ReadOnlyMemory<byte>? value,
        int partition = -1,
        IReadOnlyList<RecordHeader>? headers = null,
        CancellationToken cancel = default)
    {
        using var records = new RecordSet((key?.Length ?? 0) + (value?.Length ?? 0));
        records.Add(key, value, partition, headers: headers);
        return (await ProduceAsync(topic, records, cancel).ConfigureAwait(false))[0];
    }

    /// <summary>
    /// Writes the records of a set; the results stand in the same order. The set may be disposed when the call has returned.
    /// </summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="records">The records.</param>
    /// <param name="cancel">Stops the wait.</param>
    /// <param name="added">Called when the records have their place: those of any later call for a partition come behind them.</param>
    /// <param name="mayDispose">
    /// Whether the set is the call's to dispose when its records are in batches: until they are acknowledged its memory serves others then, and stays in the
    /// processor's cache.
    /// </param>
    public async ValueTask<ProducedRecord[]> ProduceAsync(
        string topic, RecordSet records, CancellationToken cancel = default, Action? added = null, bool mayDispose = false)
    {
        Enter();
        var call = new ProduceCall(this);
        var results = new ProducedRecord[records.Count];
        PartitionGroups groups;
        try
        {
            (ErrorCode error, TopicView? view) = await ProduceTopic.FindAsync(
                _metadata, topic, records, _options.AllowTopicCreation, _options.TopicCreationWait, cancel).ConfigureAwait(false);
            if (view is null)
            {
                Array.Fill(results, new ProducedRecord(error, -1, -1));
                return results;
            }
            long bytes = 0;
            for (int i = 0; i < records.Count; i++) bytes += records.SizeOf(i);
            await call.ReserveAsync(bytes, cancel).ConfigureAwait(false);

            groups = PartitionGroups.Of(records, view.Partitions.Length, _partitioner, results);
            foreach ((int partition, int[] indexes) in groups.All)
                Lane(topic, partition).Add(records, indexes, bytes * indexes.Length / records.Count, call);
        }
        finally
        {
            call.AddedAll();
        }
        if (mayDispose) records.Dispose();
        added?.Invoke();
        await call.WaitAsync(cancel).ConfigureAwait(false);
        groups.Read(call.Shares, results);
        return results;
    }

    /// <summary>
    /// Writes the records of a source straight into the batch they leave in: a copy less than of a set, and nothing for each. Null when that cannot be
    /// now, with nothing written: the source has records it cannot write so, the topic is not known yet, or there is no room.
    /// </summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition, or -1 to choose.</param>
    /// <param name="records">The records. Read when the call returns, and in front of those of any later call.</param>
    /// <returns>What became of them, to be awaited once.</returns>
    public ValueTask<ProducedRecords>? TryProduce<TSource>(string topic, int partition, ref TSource records)
        where TSource : IRecordSource, allows ref struct
    {
        if (_metadata.Lately(topic) is not { Partitions.Length: > 0 and int partitions } || partition >= partitions) return null;
        Enter();
        var call = new ProduceCall(this);
        try
        {
            if (!call.TryReserve(records.SizeHint)) return null;
            bool mayHaveKeys = partition >= 0 || partitions == 1;
            // Taken when the records are there: else who goes the other way would have two, and meet every second partition only.
            int turn = _partitioner.Turn;
            bool isTurn = partition < 0;
            if (isTurn) partition = Partitioner.OfTurn(turn, partitions);
            if (!Lane(topic, partition).TryAdd(ref records, mayHaveKeys, call)) return null;
            if (isTurn) _partitioner.Take(turn);
        }
        finally
        {
            call.AddedAll();
        }
        return ReadAsync(call, partition);

        static async ValueTask<ProducedRecords> ReadAsync(ProduceCall call, int partition)
        {
            await call.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            PartitionLane.Share share = call.Shares[0];
            return share.Batch.ResultsOf(share.First, share.Count, partition);
        }
    }

    /// <summary>
    /// Writes one finished batch as it is, apart from its sequence numbers. Takes the lease. The result's offset is that of
    /// the first record.
    /// </summary>
    /// <exception cref="ArgumentException">The bytes are not exactly one batch.</exception>
    public async ValueTask<ProducedRecord> ProduceBatchAsync(TopicPartition partition, RecordsLease batch, CancellationToken cancel = default)
    {
        Enter();
        var call = new ProduceCall(this);
        try
        {
            if (!RecordBatchHeader.TryRead(batch.Span, out RecordBatchHeader header) || header.SizeInBytes != batch.Length || header.RecordsCount < 1)
                throw new ArgumentException("Not exactly one record batch.", nameof(batch));
            await call.ReserveAsync(batch.Length, cancel).ConfigureAwait(false);
            Lane(partition.Topic, partition.Partition).Add(batch, header.RecordsCount, call);
        }
        finally
        {
            if (call.Shares.Count == 0) batch.Dispose();
            call.AddedAll();
        }
        await call.WaitAsync(cancel).ConfigureAwait(false);
        return call.Shares[0].Batch.ResultOf(0, partition.Partition);
    }

    /// <summary>Refuses further records and waits until those under way have their results.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) Leave();
        await _idle.Task.ConfigureAwait(false);
    }

    private PartitionLane Lane(string topic, int partition) => _lanes.GetOrAdd(
        new TopicPartition(topic, partition), static (key, self) => new PartitionLane(key, self._sender, self._options, self._client.Time), this);

    private void Enter()
    {
        Interlocked.Increment(ref _callers);
        if (Volatile.Read(ref _disposed) == 0) return;
        Leave();
        throw new ObjectDisposedException(nameof(Producer));
    }

    /// <summary>A call has given back what it held.</summary>
    internal void Leave()
    {
        if (Interlocked.Decrement(ref _callers) == 0) _idle.TrySetResult();
    }
}
