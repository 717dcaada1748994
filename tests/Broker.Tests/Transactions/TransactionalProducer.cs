using Gateway.Broker.Tests.Support;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Transactions;

/// <summary>A transactional producer in single steps: by the new protocol over the link, by the old one over a socket.</summary>
internal sealed class TransactionalProducer(TestBroker broker, string id, WireClient? old = null)
{
    private readonly Dictionary<(string Topic, int Partition), int> _sequences = [];

    public long ProducerId { get; set; } = -1;

    public short Epoch { get; set; } = -1;

    private const short OldProduce = 9;

    /// <summary>Gets an id from the broker; with <paramref name="keeps"/> it shows the one it has (KIP-360).</summary>
    public async Task<ErrorCode> Init(int timeoutMs = 60_000, bool keeps = false)
    {
        var request = new InitProducerIdRequest { TransactionalId = id, TransactionTimeoutMs = timeoutMs };
        if (keeps) (request.ProducerId, request.ProducerEpoch) = (ProducerId, Epoch);
        await Find();
        InitProducerIdResponse answer = old is null ? await broker.Send(request) : await old.Ask(request, 4);
        if (answer.ErrorCode != ErrorCode.None) return answer.ErrorCode;
        (ProducerId, Epoch) = (answer.ProducerId, answer.ProducerEpoch);
        _sequences.Clear();
        return ErrorCode.None;
    }

    public async Task<ErrorCode> Add(string topic, int partition = 0)
    {
        var request = new AddPartitionsToTxnRequest
        {
            V3AndBelowTransactionalId = id,
            V3AndBelowProducerId = ProducerId,
            V3AndBelowProducerEpoch = Epoch,
            V3AndBelowTopics = [new() { Name = topic, Partitions = [partition] }],
        };
        return (await old!.Ask(request, 3)).ResultsByTopicV3AndBelow[0].ResultsByPartition[0].PartitionErrorCode;
    }

    public RecordsLease Batch(string topic, int partition, params string[] values)
    {
        int sequence = _sequences.GetValueOrDefault((topic, partition));
        _sequences[(topic, partition)] = sequence + values.Length;
        using var builder = new RecordBatchBuilder(
            new RecordBatchOptions { ProducerId = ProducerId, ProducerEpoch = Epoch, BaseSequence = sequence, IsTransactional = true });
        // Now, as markers are: old records would have a segment of their own, and a fetch reads from one.
        long nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (string value in values) builder.Append(nowMs, (byte[]?)null, System.Text.Encoding.UTF8.GetBytes(value));
        return builder.Build();
    }

    public async Task<ErrorCode> Send(string topic, Guid topicId, params string[] values)
    {
        ProduceRequest request = old is null
            ? Batches.Produce(topicId, 0, Batch(topic, 0, values))
            : Batches.ProduceByName(topic, 0, Batch(topic, 0, values));
        request.TransactionalId = id;
        ProduceResponse answer = old is null ? await broker.Send(request) : await old.Ask(request, OldProduce);
        return answer.Responses[0].PartitionResponses[0].ErrorCode;
    }

    public async Task<ErrorCode> End(bool commit)
    {
        var request = new EndTxnRequest { TransactionalId = id, ProducerId = ProducerId, ProducerEpoch = Epoch, Committed = commit };
        EndTxnResponse answer = old is null ? await broker.Send(request) : await old.Ask(request, 4);
        if (old is not null || answer.ErrorCode != ErrorCode.None) return answer.ErrorCode;
        (ProducerId, Epoch) = (answer.ProducerId, answer.ProducerEpoch);
        _sequences.Clear();
        return ErrorCode.None;
    }

    public async Task<ErrorCode> CommitOffset(string group, string topic, Guid topicId, long offset, int generation = -1, string member = "")
    {
        var request = new TxnOffsetCommitRequest
        {
            TransactionalId = id,
            GroupId = group,
            ProducerId = ProducerId,
            ProducerEpoch = Epoch,
            GenerationIdOrMemberEpoch = generation,
            MemberId = member,
            Topics = [new() { Name = topic, TopicId = topicId, Partitions = [new() { PartitionIndex = 0, CommittedOffset = offset, CommittedMetadata = "" }] }],
        };
        TxnOffsetCommitResponse answer = old is null ? await broker.Send(request) : await old.Ask(request, 3);
        return answer.Topics[0].Partitions[0].ErrorCode;
    }

    public async Task<string> State()
    {
        DescribeTransactionsResponse answer = await broker.Send(new DescribeTransactionsRequest { TransactionalIds = [id] });
        return answer.TransactionStates[0].TransactionState;
    }

    private async Task Find()
    {
        FindCoordinatorResponse found = await broker.Send(new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = [id] });
        Assert.Equal((id, ErrorCode.None), (found.Coordinators[0].Key, found.Coordinators[0].ErrorCode));
    }
}

/// <summary>What readers see.</summary>
internal static class Reading
{
    /// <summary>The values a reader of committed records is left with, as a client filters them; waits until the log is stable up to its end.</summary>
    public static async Task<string[]> Committed(this TestBroker broker, Guid topic, int partition = 0)
    {
        FetchResponse.PartitionData data = await broker.FetchCommitted(topic, 0, partition);
        return Filter(data);
    }

    public static async Task<FetchResponse.PartitionData> FetchCommitted(
        this TestBroker broker, Guid topic, long offset, int partition = 0, int maxWaitMs = 0, int minBytes = 1)
    {
        FetchRequest request = Batches.Fetch(topic, partition, offset, maxWaitMs, minBytes);
        request.IsolationLevel = 1;
        return (await broker.Send(request)).Responses[0].Partitions[0];
    }

    public static string[] Filter(FetchResponse.PartitionData data)
    {
        Assert.Equal(ErrorCode.None, data.ErrorCode);
        Assert.NotNull(data.AbortedTransactions);
        Queue<FetchResponse.AbortedTransaction> aborted = new(data.AbortedTransactions.OrderBy(static one => one.FirstOffset));
        HashSet<long> skipped = [];
        List<string> values = [];
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(data.Records!.Span))
        {
            while (aborted.TryPeek(out FetchResponse.AbortedTransaction? next) && next.FirstOffset <= batch.Header.LastOffset)
                skipped.Add(aborted.Dequeue().ProducerId);
            if (EndTransactionMarker.TryReadBatch(batch.Bytes, out EndTransactionMarker marker))
            {
                if (marker.Type == ControlRecordType.Abort) skipped.Remove(batch.Header.ProducerId);
                continue;
            }
            if (batch.Header.IsTransactional && skipped.Contains(batch.Header.ProducerId)) continue;
            values.AddRange(RecordReader.ReadAll(batch.Bytes.ToArray()).Select(static r => System.Text.Encoding.UTF8.GetString(r.Value!.Value.Span)));
        }
        return [.. values];
    }

    /// <summary>Waits, in the broker's own long poll, until the partition's last stable offset is at least <paramref name="offset"/>.</summary>
    public static async Task Stable(this TestBroker broker, Guid topic, long offset, int partition = 0)
    {
        FetchResponse.PartitionData data = await broker.FetchCommitted(topic, offset - 1, partition, maxWaitMs: 30_000);
        Assert.Equal(ErrorCode.None, data.ErrorCode);
        Assert.True(data.LastStableOffset >= offset, $"stable up to {data.LastStableOffset}, not {offset}");
    }
}
