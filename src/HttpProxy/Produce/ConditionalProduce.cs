using Gateway.Client.Producing;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Produce;

/// <summary>
/// Writing only if a partition ends where the client believes (http-proxy §9.4): whoever has read it to its end and decided on what stands there
/// knows that nobody came in between. All records of the request are written, or none.
/// </summary>
internal static class ConditionalProduce
{
    // Far above what a commit takes; whoever wants to know sooner says so.
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <exception cref="ProblemException">
    /// The partition ends elsewhere (412), is not one (400), cannot be asked for this (501), or did not answer in time (50003).
    /// </exception>
    internal static async ValueTask<ProducedRecord[]> ProduceAsync(ProxyService service, string topic, RecordSet records, long end, TimeSpan timeout)
    {
        int partition = await PartitionAsync(service, topic, records).ConfigureAwait(false);
        if (partition < 0) return Results(records, ErrorCode.UnknownTopicOrPartition, null, -1, -1, -1);
        TimeSpan most = timeout == TimeSpan.Zero ? Patience : timeout;
        using var patience = new CancellationTokenSource(most, service.Client.Options.Time);
        try
        {
            (ErrorCode error, string? message, long logAppendTimeMs) = await service.Client.ConditionalAppend.AppendAsync(
                new TopicPartition(topic, partition), end, records, patience.Token).ConfigureAwait(false);
            return error switch
            {
                ErrorCode.OperationNotAttempted => throw EndsElsewhere(message),
                ErrorCode.UnsupportedVersion => throw new ProblemException(
                    Problem.NotImplemented, "Parameter if_end_offset is not served by this cluster's brokers; a node with a broker of its own serves it."),
                ErrorCode.NetworkException => throw new ProblemException(Problem.RetriableKafkaError, $"{message}; the records may be stored nevertheless."),
                _ => Results(records, error, message, partition, end, logAppendTimeMs),
            };
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw ProduceSettings.NotAcknowledged(most);
        }
    }

    /// <summary>The condition does not hold.</summary>
    internal static ProblemException EndsElsewhere(string? message) => new(Problem.PreconditionFailed, $"{message}; nothing was written.");

    /// <summary>The one partition the records are for; -1 when there is no such topic.</summary>
    /// <exception cref="ProblemException">There are several: 400.</exception>
    internal static async ValueTask<int> PartitionAsync(ProxyService service, string topic, RecordSet records)
    {
        int partition = records[0].Partition;
        for (int i = 1; i < records.Count; i++)
        {
            if (records[i].Partition != partition)
                throw new ProblemException(Problem.InvalidParameter, "Parameter if_end_offset goes with records of one partition only.");
        }
        if (partition >= 0) return partition;
        TopicAnswer answer = await service.Client.FindTopicAsync(topic, CancellationToken.None).ConfigureAwait(false);
        return answer.Topic switch
        {
            null => -1,
            { Partitions.Length: 1 } => 0,
            _ => throw new ProblemException(Problem.InvalidParameter, "Parameter if_end_offset needs a partition, since the topic has several: name it in the path or the records."),
        };
    }

    private static ProducedRecord[] Results(RecordSet records, ErrorCode error, string? message, int partition, long first, long logAppendTimeMs) =>
    [
        .. Enumerable.Range(0, records.Count).Select(
            i => new ProducedRecord(error, partition, error == ErrorCode.None ? first + i : -1, message) { LogAppendTimeMs = logAppendTimeMs }),
    ];
}
