using Gateway.Client.Connections;
using Gateway.Client.Topology;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Producing;

/// <summary>
/// Writes records to a partition if its log ends where the caller believes: of several writers that believe the same, one succeeds. Only a broker of
/// this process offers it.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ConditionalAppend
{
    private readonly BrokerLinks _links;
    private readonly MetadataCache _metadata;
    private readonly ClientOptions _client;

    internal ConditionalAppend(BrokerLinks links, MetadataCache metadata, ClientOptions client) => (_links, _metadata, _client) = (links, metadata, client);

    /// <summary>Appends all records as one batch, or none.</summary>
    /// <param name="partition">The partition; what the records say of theirs is not looked at.</param>
    /// <param name="expectedEndOffset">The offset the first record is to have.</param>
    /// <param name="records">One at least.</param>
    /// <param name="cancel">Stops the wait; whether the records are stored is then unknown.</param>
    /// <returns>
    /// None when they are stored and durable; <see cref="ErrorCode.OperationNotAttempted"/> when the log ends elsewhere;
    /// <see cref="ErrorCode.UnsupportedVersion"/> when the broker does not offer this; <see cref="ErrorCode.NetworkException"/> when it is gone, and nobody
    /// knows whether the records are stored; any other code as for a produce. The message is for people.
    /// </returns>
    public async ValueTask<(ErrorCode Error, string? Message)> AppendAsync(
        TopicPartition partition, long expectedEndOffset, RecordSet records, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        (ErrorCode error, string? message) = await TryAsync(partition, expectedEndOffset, records, cancel).ConfigureAwait(false);
        // Known under the id of a topic that is no more; it may have come anew.
        if (error is not (ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition)) return (error, message);
        _metadata.Forget(partition.Topic);
        return await TryAsync(partition, expectedEndOffset, records, cancel).ConfigureAwait(false);
    }

    private async ValueTask<(ErrorCode Error, string? Message)> TryAsync(
        TopicPartition partition, long expectedEndOffset, RecordSet records, CancellationToken cancel)
    {
        (ErrorCode error, TopicView? topic) = await _metadata.TopicAsync(partition.Topic, allowCreate: false, cancel).ConfigureAwait(false);
        if (topic is null) return (error, null);
        if (partition.Partition >= topic.Partitions.Length) return (ErrorCode.UnknownTopicOrPartition, null);
        if (_metadata.LeaderOf(topic, partition.Partition) is not { } leader) return (ErrorCode.LeaderNotAvailable, null);
        IBrokerLink link = await _links.ToAsync(leader, cancel).ConfigureAwait(false);
        if (!link.Supports(ApiKey.AppendIf)) return (ErrorCode.UnsupportedVersion, "The broker appends nothing on a condition.");
        var request = new AppendIfRequest
        {
            TopicId = topic.Id,
            Partition = partition.Partition,
            ExpectedEndOffset = expectedEndOffset,
            Records = Build(records),
        };
        try
        {
            AppendIfResponse answer = await link.SendAsync(request, cancel).ConfigureAwait(false);
            return (answer.ErrorCode, answer.ErrorMessage);
        }
        catch (LinkClosedException gone)
        {
            return (ErrorCode.NetworkException, gone.Message);
        }
    }

    private RecordsLease Build(RecordSet records)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        long now = _client.Time.GetUtcNow().ToUnixTimeMilliseconds();
        for (int i = 0; i < records.Count; i++)
        {
            RecordSet.Entry entry = records[i];
            builder.Append(
                entry.TimestampMs < 0 ? now : entry.TimestampMs, records.BytesOf(entry.Key), entry.Key.IsNull, records.BytesOf(entry.Value), entry.Value.IsNull,
                entry.Headers);
        }
        return builder.Build();
    }
}
