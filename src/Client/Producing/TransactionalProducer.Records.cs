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
        (ErrorCode error, TopicView? view) = await ProduceTopic.FindAsync(
            _metadata, topic, records, _options.AllowTopicCreation, _options.TopicCreationWait, cancel).ConfigureAwait(false);
        if (view is null)
        {
            Array.Fill(results, new ProducedRecord(error, -1, -1));
            return results;
        }
        Open();
        PartitionGroups groups = PartitionGroups.Of(records, view.Partitions.Length, _partitioner, results);
        foreach ((int partition, int[] indexes) in groups.All)
        {
            for (int from = 0; from < indexes.Length;)
            {
                int to = from;
                for (long bytes = 0; to < indexes.Length && (to == from || bytes + records.SizeOf(indexes[to]) <= BatchBytes); to++)
                    bytes += records.SizeOf(indexes[to]);
                bool isStored = await SendAsync(new TopicPartition(topic, partition), records, indexes.AsMemory(from..to), results, cancel).ConfigureAwait(false);
                if (!isStored) return results;
                from = to;
            }
        }
        return results;
    }

    /// <summary>Writes records of one partition, in as many batches as it takes; false when they could not be, as their results say.</summary>
    private async ValueTask<bool> SendAsync(
        TopicPartition partition, RecordSet records, ReadOnlyMemory<int> indexes, ProducedRecord[] results, CancellationToken cancel)
    {
        int sequence = _sequences.GetValueOrDefault(partition);
        var pause = new RetryPause(_client, _options.RetryTime - _client.Time.GetElapsedTime(_openSince));
        while (true)
        {
            ProduceResponse.PartitionProduceResponse answer = await TryAsync(partition, sequence, records, indexes, cancel).ConfigureAwait(false);
            if (answer.ErrorCode == ErrorCode.None)
            {
                _sequences[partition] = sequence + indexes.Length;
                var first = new ProducedRecord(ErrorCode.None, partition.Partition, answer.BaseOffset) { LogAppendTimeMs = answer.LogAppendTimeMs };
                for (int i = 0; i < indexes.Length; i++) results[indexes.Span[i]] = first with { Offset = first.Offset + i };
                return true;
            }
            if (answer.ErrorCode == ErrorCode.MessageTooLarge && indexes.Length > 1)
            {
                // The topic takes less than most do. Nothing was written, so the halves have the sequences of the whole.
                int half = indexes.Length / 2;
                return await SendAsync(partition, records, indexes[..half], results, cancel).ConfigureAwait(false)
                    && await SendAsync(partition, records, indexes[half..], results, cancel).ConfigureAwait(false);
            }
            ErrorClass kind = ErrorClasses.Of(answer.ErrorCode);
            if (kind == ErrorClass.RefreshMetadata) _metadata.Forget(partition.Topic);
            // The sequence makes a repetition harmless.
            if (kind is ErrorClass.Retry or ErrorClass.RefreshMetadata && await pause.WaitAsync(cancel).ConfigureAwait(false)) continue;
            IsVoid |= IsForgotten(answer.ErrorCode);
            foreach (int index in indexes.Span) results[index] = new ProducedRecord(answer.ErrorCode, partition.Partition, -1, answer.ErrorMessage);
            return false;
        }
    }

    private async ValueTask<ProduceResponse.PartitionProduceResponse> TryAsync(
        TopicPartition partition, int sequence, RecordSet records, ReadOnlyMemory<int> indexes, CancellationToken cancel)
    {
        (ErrorCode unknown, TopicView? topic) = await _metadata.TopicAsync(partition.Topic, allowCreate: false, cancel).ConfigureAwait(false);
        if (topic is null) return new() { ErrorCode = unknown };
        IBrokerLink link = await LinkAsync(cancel).ConfigureAwait(false);
        var request = new ProduceRequest
        {
            TransactionalId = TransactionalId,
            Acks = -1,
            TimeoutMs = (int)_options.Timeout.TotalMilliseconds,
            TopicData =
            [
                new() { Name = topic.Name, TopicId = topic.Id, PartitionData = [new() { Index = partition.Partition, Records = Build(records, indexes.Span, sequence) }] },
            ],
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

    private RecordsLease Build(RecordSet records, ReadOnlySpan<int> indexes, int sequence)
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
