using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Producing;

/// <summary>
/// Writes records to a partition if its log ends where the caller believes: of several writers that believe the same, one succeeds. Only a broker of
/// this process offers it.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ConditionalAppend
{
    private readonly LeaderAppend _leader;
    private readonly MetadataCache _metadata;

    internal ConditionalAppend(LeaderAppend leader, MetadataCache metadata) => (_leader, _metadata) = (leader, metadata);

    /// <summary>Appends all records as one batch, or none.</summary>
    /// <param name="partition">The partition; what the records say of theirs is not looked at.</param>
    /// <param name="expectedEndOffset">The offset the first record is to have.</param>
    /// <param name="records">One at least.</param>
    /// <param name="cancel">Stops the wait; whether the records are stored is then unknown.</param>
    /// <returns>
    /// None when they are stored and durable; <see cref="ErrorCode.OperationNotAttempted"/> when the log ends elsewhere;
    /// <see cref="ErrorCode.UnsupportedVersion"/> when the broker does not offer this; <see cref="ErrorCode.NetworkException"/> when it is gone, and nobody
    /// knows whether the records are stored; any other code as for a produce. The message is for people. The time is the
    /// broker's, where it stands in the records instead of theirs; else -1.
    /// </returns>
    public async ValueTask<(ErrorCode Error, string? Message, long LogAppendTimeMs)> AppendAsync(
        TopicPartition partition, long expectedEndOffset, RecordSet records, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        (ErrorCode Error, string? Message, long LogAppendTimeMs) answer = await TryAsync(partition, expectedEndOffset, records, cancel).ConfigureAwait(false);
        // Known under the id of a topic that is no more; it may have come anew.
        if (answer.Error is not (ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition)) return answer;
        _metadata.Forget(partition.Topic);
        return await TryAsync(partition, expectedEndOffset, records, cancel).ConfigureAwait(false);
    }

    private async ValueTask<(ErrorCode Error, string? Message, long LogAppendTimeMs)> TryAsync(
        TopicPartition partition, long expectedEndOffset, RecordSet records, CancellationToken cancel)
    {
        (ErrorCode error, TopicView? topic) = await _metadata.TopicAsync(partition.Topic, allowCreate: false, cancel).ConfigureAwait(false);
        if (topic is null) return (error, null, -1);
        if (partition.Partition >= topic.Partitions.Length) return (ErrorCode.UnknownTopicOrPartition, null, -1);
        AppendIfResponse answer = await _leader.SendAsync(
            topic, partition.Partition, expectedEndOffset, _leader.Build(records), cancel).ConfigureAwait(false);
        return (answer.ErrorCode, answer.ErrorMessage, answer.LogAppendTimeMs);
    }
}
