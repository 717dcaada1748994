using Gateway.Client.Consuming;
using Gateway.Client.Fetching;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Consumers;

/// <summary>
/// Reading with explicit acknowledgement (http-proxy §9.3): until a batch is acknowledged the same request gives the same records again, so that
/// a lost answer loses nothing. The instance's positions stay in front of the batch meanwhile, so that nothing commits it: other reads are refused, and a
/// seek in one of its partitions gives it up.
/// </summary>
internal static class AckEndpoints
{
    private const string BatchId = "Batch-Id";

    private static readonly IReadOnlyList<string> s_parameters = ["ack", "timeout", "max_bytes", "bigint"];

    internal static async ValueTask ReadAsync(ProxyCall call, ConsumerInstance instance, CancellationToken cancel)
    {
        QueryText.RequireKnown(call.Context.Request, s_parameters);
        _ = call.HasBigIntegersAsText();
        RecordForm form = MediaTypes.ForRecords(call.Context.Request, instance.Format, call.Service.Options.StrictMediaTypes);
        await instance.Acknowledging.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (Held(instance) is { } batch)
            {
                await AnswerAgainAsync(call, instance, batch, form, cancel).ConfigureAwait(false);
                return;
            }
            using ConsumedRecords records = await ConsumerEndpoints.PollAsync(call, instance, stays: true, cancel).ConfigureAwait(false);
            call.Timed("read");
            if (!records.IsEmpty)
            {
                instance.Unacknowledged = BatchOf(records);
                call.Context.Response.Headers[BatchId] = instance.Unacknowledged.Id;
            }
            RecordRange[] ranges = [.. records.Parts.Select(static part =>
                new RecordRange(part.Partition.Topic, part.Partition.Partition, part.Batches, part.From, part.To))];
            await RecordAnswer.WriteAsync(call, form, ranges).ConfigureAwait(false);
        }
        finally
        {
            instance.Acknowledging.Release();
        }
    }

    internal static async ValueTask AcknowledgeAsync(ProxyCall call)
    {
        string id = call.Name("batch");
        await InstanceCall.WithAsync(call, async (instance, cancel) =>
        {
            await instance.Acknowledging.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                await AcknowledgeAsync(instance, id, cancel).ConfigureAwait(false);
            }
            finally
            {
                instance.Acknowledging.Release();
            }
        }).ConfigureAwait(false);
        call.AnswerNothing();
    }

    private static async ValueTask AcknowledgeAsync(ConsumerInstance instance, string id, CancellationToken cancel)
    {
        // The answer to an earlier one may have been lost.
        if (id == instance.LastAcknowledged) return;
        if (instance.Unacknowledged is not { } batch || batch.Id != id)
            throw new ProblemException(Problem.NotFound, $"Batch '{id}' is not waiting to be acknowledged.");
        if (Held(instance) != batch)
        {
            instance.Unacknowledged = null;
            throw new ProblemException(Problem.IllegalState, $"Partitions of batch '{id}' went to another member of the group, which gets their records again.");
        }
        await instance.Committing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await CommitAsync(instance, batch, cancel).ConfigureAwait(false);
        }
        finally
        {
            instance.Committing.Release();
        }
        (instance.LastAcknowledged, instance.Unacknowledged) = (id, null);
    }

    /// <summary>Commits the end of a batch where the group is not further already: its client may have committed more by itself.</summary>
    private static async ValueTask CommitAsync(ConsumerInstance instance, UnacknowledgedBatch batch, CancellationToken cancel)
    {
        IReadOnlyDictionary<TopicPartition, CommittedOffset> known =
            await instance.Consumer.CommittedAsync([.. batch.Ranges.Keys], cancel).ConfigureAwait(false);
        var commit = batch.Ranges
            .Where(range => !known.TryGetValue(range.Key, out CommittedOffset committed) || committed.Offset < range.Value.To)
            .ToDictionary(range => range.Key, range => new CommittedOffset(range.Value.To, ""));
        foreach ((TopicPartition partition, ErrorCode error) in await instance.Consumer.CommitAsync(commit, cancel).ConfigureAwait(false))
        {
            if (error != ErrorCode.None)
                throw new ProblemException(KafkaProblems.Of(error, $"Offset of {partition} was not committed: {error.KafkaName()}"));
        }
        foreach ((TopicPartition partition, (_, long to)) in batch.Ranges) instance.Consumer.Seek(partition, to, isCommitted: true);
    }

    private static UnacknowledgedBatch BatchOf(ConsumedRecords records)
    {
        var ranges = new Dictionary<TopicPartition, (long From, long To)>();
        foreach (ConsumedPart part in records.Parts)
            ranges[part.Partition] = (ranges.TryGetValue(part.Partition, out (long From, long To) known) ? known.From : part.From, part.To);
        return new UnacknowledgedBatch(Guid.NewGuid().ToString("N"), ranges);
    }

    /// <summary>The batch that waits, as long as all of its partitions are this instance's.</summary>
    internal static UnacknowledgedBatch? Held(ConsumerInstance instance)
    {
        if (instance.Unacknowledged is not { } batch) return null;
        var assigned = instance.Consumer.Assignment.ToHashSet();
        return batch.Ranges.Keys.All(assigned.Contains) ? batch : null;
    }

    private static async ValueTask AnswerAgainAsync(
        ProxyCall call, ConsumerInstance instance, UnacknowledgedBatch batch, RecordForm form, CancellationToken cancel)
    {
        var reads = new List<FetchedRecords>();
        var ranges = new List<RecordRange>();
        var limits = new FetchLimits(call.Service.Options.MaxResponseBytes, TimeSpan.Zero, Isolation: instance.Isolation);
        try
        {
            foreach ((TopicPartition partition, (long from, long to)) in batch.Ranges)
            {
                for (long at = from; at < to;)
                {
                    FetchedRecords read = await call.Service.Client.Fetcher.ReadAsync(partition, at, limits, cancel).ConfigureAwait(false);
                    reads.Add(read);
                    if (read.Error != ErrorCode.None)
                        throw new ProblemException(KafkaProblems.Of(read.Error, $"Partition {partition} at offset {at}: {read.Error.KafkaName()}"));
                    long next = Math.Min(read.NextOffset, to);
                    // Compaction or retention has taken the rest.
                    if (next == at) break;
                    ranges.Add(new RecordRange(partition.Topic, partition.Partition, read.Batches, at, next));
                    at = next;
                }
            }
            call.Context.Response.Headers[BatchId] = batch.Id;
            await RecordAnswer.WriteAsync(call, form, [.. ranges]).ConfigureAwait(false);
        }
        finally
        {
            foreach (FetchedRecords read in reads) read.Dispose();
        }
    }
}
