using Gateway.Client.Fetching;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Consuming;

/// <summary>
/// Reads for a consumer: one waiting fetch per leader, which may outlive the poll that started it; its records then wait for
/// the next poll.
/// </summary>
/// <remarks>Used by one poll at a time; the positions it touches are guarded by the consumer's lock.</remarks>
internal sealed class FetchPump(FetchSender sender, MetadataCache metadata, ClientOptions options, Lock positionsLock) : IAsyncDisposable
{
    private sealed record Running(Task<FetchResponse> Answer, IReadOnlyList<(PartitionPosition Position, FetchTarget Target)> Targets);

    private readonly List<Running> _running = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Ends when any read does; null when none is under way.</summary>
    internal Task? AnyDone => _running.Count == 0 ? null : Task.WhenAny(_running.Select(static running => running.Answer));

    /// <summary>Starts reads for the positions that have an offset, no records and no read under way.</summary>
    internal async ValueTask StartAsync(IReadOnlyCollection<PartitionPosition> positions, FetchLimits limits, CancellationToken cancel)
    {
        var byLeader = new Dictionary<HostAndPort, List<(PartitionPosition, FetchTarget)>>();
        foreach (PartitionPosition position in positions)
        {
            if (position.IsFetching || options.Time.GetTimestamp() < position.NotBefore) continue;
            (_, TopicView? topic) = await metadata.TopicAsync(position.Partition.Topic, allowCreate: false, cancel).ConfigureAwait(false);
            lock (positionsLock)
            {
                if (position.Offset is not { } offset || position.Buffered is not null) continue;
                if (topic is null || position.Partition.Partition >= topic.Partitions.Length
                    || metadata.LeaderOf(topic, position.Partition.Partition) is not { } leader)
                {
                    Postpone(position);
                    continue;
                }
                position.IsFetching = true;
                if (!byLeader.TryGetValue(leader, out List<(PartitionPosition, FetchTarget)>? targets)) byLeader[leader] = targets = [];
                targets.Add((position, new FetchTarget(topic, position.Partition.Partition, offset)));
            }
        }
        foreach ((HostAndPort leader, List<(PartitionPosition Position, FetchTarget Target)> targets) in byLeader)
        {
            Task<FetchResponse> answer = sender.SendAsync(leader, [.. targets.Select(static target => target.Target)], limits, _stop.Token).AsTask();
            _running.Add(new Running(answer, targets));
        }
    }

    /// <summary>Takes what finished reads brought into their positions.</summary>
    /// <exception cref="KafkaErrorException">A partition was refused for good.</exception>
    internal void Harvest(AutoOffsetReset reset)
    {
        KafkaErrorException? refused = null;
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            Running running = _running[i];
            if (!running.Answer.IsCompleted) continue;
            _running.RemoveAt(i);
            lock (positionsLock)
            {
                foreach ((PartitionPosition position, _) in running.Targets) position.IsFetching = false;
                refused ??= Take(running, reset);
            }
        }
        if (refused is not null) throw refused;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (Running running in _running)
        {
            try
            {
                (await running.Answer.ConfigureAwait(false)).ReleaseRecords();
            }
            catch (Exception failure) when (failure is OperationCanceledException or LinkClosedException or ApiNotSupportedException)
            {
                // Nothing came: nothing to release.
            }
        }
        _running.Clear();
        _stop.Dispose();
    }

    private KafkaErrorException? Take(Running running, AutoOffsetReset reset)
    {
        if (!running.Answer.IsCompletedSuccessfully)
        {
            foreach ((PartitionPosition position, _) in running.Targets)
            {
                metadata.Forget(position.Partition.Topic);
                Postpone(position);
            }
            Exception? failure = running.Answer.Exception?.InnerException;
            return failure is null or LinkClosedException ? null : new KafkaErrorException(ErrorCode.UnknownServerError, failure.Message, failure);
        }

        FetchResponse answer = running.Answer.Result;
        try
        {
            return Take(answer, running, reset);
        }
        finally
        {
            answer.ReleaseRecords();
        }
    }

    private KafkaErrorException? Take(FetchResponse answer, Running running, AutoOffsetReset reset)
    {
        KafkaErrorException? refused = null;
        foreach ((PartitionPosition position, FetchTarget target) in running.Targets)
        {
            FetchResponse.PartitionData? data = Find(answer, target);
            ErrorCode error = answer.ErrorCode != ErrorCode.None ? answer.ErrorCode : data?.ErrorCode ?? ErrorCode.UnknownServerError;
            // A seek or a rebalance while the read was under way makes its records worthless.
            if (position.Offset != target.Offset || position.Buffered is not null) continue;
            if (error == ErrorCode.None) Fill(position, data!);
            else refused ??= React(position, error, reset);
        }
        return refused;
    }

    private static void Fill(PartitionPosition position, FetchResponse.PartitionData data)
    {
        if (data.Records is not { Length: > 0 } records) return;
        data.Records = null;
        position.Fill(AbortedRecords.TakeOut(records, data.AbortedTransactions));
    }

    private KafkaErrorException? React(PartitionPosition position, ErrorCode error, AutoOffsetReset reset)
    {
        if (error == ErrorCode.OffsetOutOfRange && reset != AutoOffsetReset.None)
        {
            position.Seek(reset);
            return null;
        }
        ErrorClass kind = ErrorClasses.Of(error);
        if (kind == ErrorClass.Fatal) return new KafkaErrorException(error, $"Partition {position.Partition}: {error.KafkaName()}");
        metadata.Forget(position.Partition.Topic);
        Postpone(position);
        return null;
    }

    private static FetchResponse.PartitionData? Find(FetchResponse answer, FetchTarget target)
    {
        foreach (FetchResponse.FetchableTopicResponse topic in answer.Responses)
        {
            bool isTopic = topic.TopicId == Guid.Empty ? topic.Topic == target.Topic.Name : topic.TopicId == target.Topic.Id;
            if (isTopic && topic.Partitions.Find(partition => partition.PartitionIndex == target.Partition) is { } found) return found;
        }
        return null;
    }

    private void Postpone(PartitionPosition position) =>
        position.NotBefore = options.Time.GetTimestamp() + (long)(options.RetryBackoff.TotalSeconds * 5 * options.Time.TimestampFrequency);
}
