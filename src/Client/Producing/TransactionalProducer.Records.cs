using Gateway.Client.Topology;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Links;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Producing;

/// <content>Records: into batches, and to their partitions.</content>
public sealed partial class TransactionalProducer
{
    // What topics take unless they are told otherwise, with room for what the estimate leaves out.
    private const int BatchBytes = 768 << 10;

    /// <summary>Writes records as part of the transaction; the results stand in their order. With any error among them the transaction can only be aborted.</summary>
    public async ValueTask<ProducedRecord[]> ProduceAsync(string topic, RecordSet records, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        _ = Identity;
        var results = new ProducedRecord[records.Count];
        (ErrorCode error, TopicView? view) = await _metadata.TopicAsync(topic, allowCreate: true, cancel).ConfigureAwait(false);
        if (view is null)
        {
            Array.Fill(results, new ProducedRecord(error, -1, -1));
            return results;
        }
        _isOpen = true;
        PartitionGroups groups = PartitionGroups.Of(records, view.Partitions.Length, _partitioner, results);
        foreach ((int partition, int[] indexes) in groups.All)
        {
            for (int from = 0; from < indexes.Length;)
            {
                int to = from;
                for (long bytes = 0; to < indexes.Length && (to == from || bytes + records.SizeOf(indexes[to]) <= BatchBytes); to++)
                    bytes += records.SizeOf(indexes[to]);
                ProduceResponse.PartitionProduceResponse answer = await SendAsync(view, partition, records, indexes[from..to], cancel).ConfigureAwait(false);
                for (int i = from; i < to; i++)
                {
                    results[indexes[i]] = answer.ErrorCode == ErrorCode.None
                        ? new ProducedRecord(ErrorCode.None, partition, answer.BaseOffset + i - from)
                        : new ProducedRecord(answer.ErrorCode, partition, -1, answer.ErrorMessage);
                }
                if (answer.ErrorCode is ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition) _metadata.Forget(topic);
                if (answer.ErrorCode != ErrorCode.None) return results;
                from = to;
            }
        }
        return results;
    }

    private async ValueTask<ProduceResponse.PartitionProduceResponse> SendAsync(
        TopicView topic, int partition, RecordSet records, int[] indexes, CancellationToken cancel)
    {
        var key = new TopicPartition(topic.Name, partition);
        int sequence = _sequences.GetValueOrDefault(key);
        var pause = new RetryPause(_client, _client.ApiTimeout);
        while (true)
        {
            ProduceResponse.PartitionProduceResponse answer = await TryAsync(topic, partition, sequence, records, indexes, cancel).ConfigureAwait(false);
            if (answer.ErrorCode == ErrorCode.None) _sequences[key] = sequence + indexes.Length;
            // The sequence makes a repetition harmless. What the metadata is too old for is the caller's to begin anew.
            if (ErrorClasses.Of(answer.ErrorCode) != ErrorClass.Retry || !await pause.WaitAsync(cancel).ConfigureAwait(false)) return answer;
        }
    }

    private async ValueTask<ProduceResponse.PartitionProduceResponse> TryAsync(
        TopicView topic, int partition, int sequence, RecordSet records, int[] indexes, CancellationToken cancel)
    {
        IBrokerLink link = await LinkAsync(cancel).ConfigureAwait(false);
        var request = new ProduceRequest
        {
            TransactionalId = TransactionalId,
            Acks = -1,
            TimeoutMs = (int)_client.ApiTimeout.TotalMilliseconds,
            TopicData = [new() { Name = topic.Name, TopicId = topic.Id, PartitionData = [new() { Index = partition, Records = Build(records, indexes, sequence) }] }],
        };
        try
        {
            ProduceResponse answer = await link.SendAsync(request, cancel).ConfigureAwait(false);
            return answer.Responses[0].PartitionResponses[0];
        }
        catch (LinkClosedException gone)
        {
            return new() { ErrorCode = ErrorCode.NetworkException, ErrorMessage = gone.Message };
        }
    }

    private RecordsLease Build(RecordSet records, int[] indexes, int sequence)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            ProducerId = Identity.Id,
            ProducerEpoch = Identity.Epoch,
            BaseSequence = sequence,
            IsTransactional = true,
        });
        long now = _client.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (int index in indexes) records.AppendTo(builder, index, now);
        return builder.Build();
    }
}
