using Gateway.Client.Fetching;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Streams;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>Reads several partitions from offsets within one bound of bytes and records, and waits for the first record in any of them.</summary>
internal sealed class PartitionReads(ProxyCall call, TopicView topic, SortedDictionary<int, long> offsets) : IDisposable
{
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(5);

    private readonly List<FetchedRecords> _reads = [];
    private readonly List<RecordRange> _ranges = [];

    /// <summary>What was read.</summary>
    internal RecordRange[] Ranges => [.. _ranges];

    /// <summary>Where to read on.</summary>
    internal IReadOnlyDictionary<int, long> Next => offsets;

    public void Dispose()
    {
        foreach (FetchedRecords read in _reads) read.Dispose();
    }

    /// <summary>Reads what is there, or what comes first in the time there is and as long as the server runs.</summary>
    internal async ValueTask ReadAsync(FetchBody request)
    {
        await ReadOnceAsync(request).ConfigureAwait(false);
        if (_ranges.Count > 0 || request.Wait == TimeSpan.Zero) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel, call.Service.Stopping);
        patience.CancelAfter(request.Wait);
        // What wakes the wait may be the marker of a transaction.
        while (_ranges.Count == 0 && !patience.IsCancellationRequested)
        {
            await WaitAsync(request, patience.Token).ConfigureAwait(false);
            await ReadOnceAsync(request).ConfigureAwait(false);
        }
    }

    private async ValueTask ReadOnceAsync(FetchBody request)
    {
        (long bytes, long records) = (request.MaxBytes, request.MaxRecords);
        foreach (int partition in offsets.Keys.ToArray())
        {
            if (_ranges.Count > 0 && (bytes <= 0 || records <= 0)) return;
            var name = new TopicPartition(topic.Name, partition);
            long from = offsets[partition];
            FetchedRecords read = await call.Service.Client.Fetcher.ReadAsync(
                name, from, new FetchLimits((int)Math.Max(bytes, 1), TimeSpan.Zero, Isolation: request.Isolation), call.Cancel).ConfigureAwait(false);
            _reads.Add(read);
            if (read.Error != ErrorCode.None)
                throw new ProblemException(KafkaProblems.Of(read.Error, $"Partition {name} at offset {from}: {read.Error.KafkaName()}"));
            if (read.Batches.IsEmpty) continue;
            (long to, long size, _) = BatchCut.Find(read.Batches, from, Math.Max(bytes, 0));
            (to, long count) = FirstRecords.Find(read.Batches, from, to, records);
            if (count > 0) _ranges.Add(new RecordRange(topic.Name, partition, read.Batches, from, to));
            // A wait may bring many that hold nothing to show.
            else read.Dispose();
            (offsets[partition], bytes, records) = (to, bytes - size, records - count);
        }
    }

    private async ValueTask WaitAsync(FetchBody request, CancellationToken patience)
    {
        var signal = new StreamSignal();
        using CancellationTokenRegistration end = patience.UnsafeRegister(static signal => ((StreamSignal)signal!).Raise(StreamEvents.Stop), signal);
        var waiting = new List<TailKey>();
        try
        {
            bool hasMore = false;
            foreach ((int partition, long offset) in offsets)
            {
                var tail = new TailKey(topic.Id, new TopicPartition(topic.Name, partition), request.Isolation);
                if (call.Service.Tails.TryWait(tail, offset, signal)) waiting.Add(tail);
                else hasMore = true;
            }
            if (hasMore) await RestAsync(patience).ConfigureAwait(false);
            else await signal.WaitAsync().ConfigureAwait(false);
        }
        finally
        {
            // A client that goes in the middle must not stay in the tails.
            foreach (TailKey tail in waiting) call.Service.Tails.Forget(tail, signal);
            signal.Close();
        }
    }

    /// <summary>A moment, for records that are there and did not come: a broker that is short of memory answers with nothing.</summary>
    private async ValueTask RestAsync(CancellationToken patience)
    {
        try
        {
            await Task.Delay(s_rest, call.Service.Client.Options.Time, patience).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!call.Cancel.IsCancellationRequested)
        {
        }
    }
}
