using Gateway.Broker.Cluster.Decisions;
using Gateway.Common.Errors;
using Gateway.Shards;
using Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Cluster;

/// <summary>
/// Decides about topics and configs (design D6): a decision's records are appended and applied in one turn; the image is published
/// to all shards once they are durable, and only then the caller hears. Lives on shard 0.
/// </summary>
/// <remarks>Invariant: published ≤ committed ≤ appended; every shard gets every image in order.</remarks>
public sealed class Controller : ShardOwned
{
    private static readonly TimeSpan BusyRetry = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    private readonly MetadataLog _log;
    private readonly PartitionRouter _router;
    private readonly ILogger _logger;
    private readonly Queue<(long EndOffset, ClusterImage Image)> _uncommitted = new();
    private readonly Queue<(long EndOffset, TaskCompletionSource Told)> _waiting = new();
    private ClusterImage _applied;
    private long _publishedOffset;
    private string? _refusal;

    internal Controller(Shard shard, MetadataLog log, ClusterImage replayed, PartitionRouter router, ILogger logger)
        : base(shard)
    {
        _log = log;
        _router = router;
        _logger = logger;
        _applied = replayed;
        _publishedOffset = log.EndOffset;
        log.Committed += OnCommitted;
        log.Failed += OnFailed;
    }

    /// <summary>
    /// Runs <paramref name="decide"/> on the state as of the last appended record. The reply comes when the records it made, and all
    /// it may have looked at, are durable and known to every shard.
    /// </summary>
    /// <exception cref="ControllerOfflineException">The metadata log takes no more records.</exception>
    public async ValueTask<TReply> CommitAsync<TReply>(Func<ClusterImage, Decision<TReply>> decide)
    {
        AssertOnShard();
        Decision<TReply> decision;
        for (long started = Shard.Time.GetTimestamp(); ;)
        {
            if (_refusal is not null) throw new ControllerOfflineException(_refusal);
            decision = decide(_applied);
            if (TryTake(decision.Records, started)) break;
            // Producers have the journal to themselves for a moment. What is decided then is decided on the newest state.
            await Shard.Delay(BusyRetry);
        }
        if (_log.EndOffset > _publishedOffset)
        {
            var told = new TaskCompletionSource();
            _waiting.Enqueue((_log.EndOffset, told));
            await told.Task;
        }
        return decision.Reply;
    }

    /// <summary>Appends records and applies them; false when the log is busy.</summary>
    private bool TryTake(IReadOnlyList<MetadataRecord> records, long started)
    {
        if (records.Count == 0) return true;
        AppendStatus status = _log.Append(records);
        if (status == AppendStatus.Busy && Shard.Time.GetElapsedTime(started) < BusyTimeout) return false;
        if (status != AppendStatus.Appended) throw new ControllerOfflineException($"The metadata log is {status}");
        foreach (MetadataRecord record in records)
        {
            _applied = _applied.Apply(record);
            Tell(record);
        }
        _uncommitted.Enqueue((_log.EndOffset, _applied));
        return true;
    }

    /// <summary>Publishes an image to all shards and waits until each has taken it over.</summary>
    internal async Task PublishAsync(ClusterImage image)
    {
        AssertOnShard();
        // All calls are made before the first is awaited: images must reach every shard in the order they were committed in.
        var taken = new List<ValueTask<bool>>(_router.ShardCount);
        foreach (ShardRef<BrokerShard> shard in _router.Shards)
        {
            taken.Add(shard.Call(static (target, image) =>
            {
                target.Take(image);
                return new ValueTask<bool>(true);
            }, image));
        }
        foreach (ValueTask<bool> one in taken) await one;
    }

    private void OnCommitted(long offset)
    {
        ClusterImage? image = null;
        long end = 0;
        while (_uncommitted.TryPeek(out (long EndOffset, ClusterImage Image) entry) && entry.EndOffset <= offset)
        {
            (end, image) = _uncommitted.Dequeue();
        }
        if (image is not null) PublishAndTell(image, end);
    }

    // async void: a failure to publish is a bug, and surfaces on the shard, which stops the process.
    private async void PublishAndTell(ClusterImage image, long end)
    {
        await PublishAsync(image);
        _publishedOffset = Math.Max(_publishedOffset, end);
        while (_waiting.TryPeek(out (long EndOffset, TaskCompletionSource Told) waiter) && waiter.EndOffset <= _publishedOffset)
        {
            _waiting.Dequeue();
            waiter.Told.SetResult();
        }
    }

    private void OnFailed(Exception failure)
    {
        _refusal = failure.Message;
        ClusterEvents.ControllerOffline(_logger, failure.Message);
        while (_waiting.TryDequeue(out (long EndOffset, TaskCompletionSource Told) waiter))
            waiter.Told.SetException(new ControllerOfflineException(failure.Message));
    }

    private void Tell(MetadataRecord record)
    {
        switch (record)
        {
            case TopicCreated created:
                ClusterEvents.TopicCreated(_logger, created.Name, created.TopicId, created.PartitionCount, created.ReplicationFactor);
                break;
            case TopicDeleted deleted:
                ClusterEvents.TopicDeleted(_logger, deleted.TopicId);
                break;
            case TopicGrown grown:
                ClusterEvents.TopicGrown(_logger, grown.TopicId, grown.PartitionCount);
                break;
            case TopicConfigChanged changed:
                ClusterEvents.TopicConfigChanged(_logger, changed.TopicId, Text(changed.Changes));
                break;
            case BrokerConfigChanged changed:
                ClusterEvents.BrokerConfigChanged(_logger, changed.NodeId is { } node ? $"{node}" : "all", Text(changed.Changes));
                break;
            case EpochRaised raised:
                ClusterEvents.EpochRaised(_logger, raised.Epoch);
                break;
        }
    }

    private static string Text(IReadOnlyDictionary<string, string?> changes) => string.Join(' ', changes.Select(c => $"{c.Key}={c.Value ?? "(default)"}"));
}

/// <summary>The metadata log takes no records at the moment, so nothing about topics and configs can change. Answered with a retriable error.</summary>
public sealed class ControllerOfflineException(string message) : Exception(message);
