using System.Diagnostics.CodeAnalysis;
using Gateway.Broker.Configs;
using Gateway.Broker.Metrics;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Storage;

namespace Gateway.Broker.Cluster;

/// <summary>
/// The broker's part of one shard: the cluster as this shard knows it, and the partitions the shard owns. It opens and drops
/// partitions as images come in.
/// </summary>
public sealed partial class BrokerShard : ShardOwned
{
    private readonly Dictionary<TopicIdPartition, Partition> _partitions = [];
    private readonly HashSet<TopicIdPartition> _offline = [];
    private readonly LogStore _store;
    private readonly PartitionOptions _options;
    private readonly BrokerMetrics _metrics;
    private ShardTimer? _retention;
    private bool _isStopping;

    internal BrokerShard(Shard shard, ClusterImage image, LogStore store, PartitionRouter router, PartitionOptions options, BrokerMetrics metrics)
        : base(shard)
    {
        Image = image;
        Router = router;
        _store = store;
        _options = options;
        _metrics = metrics;
    }

    /// <summary>Raised on the shard when a partition it owns was opened; at start too.</summary>
    public event Action<Partition>? PartitionOpened;

    /// <summary>Raised on the shard when a partition it owns is about to be dropped because its topic was deleted.</summary>
    public event Action<Partition>? PartitionDropping;

    /// <summary>Raised on the shard after a new image was taken over.</summary>
    public event Action<ClusterImage>? ImageChanged;

    /// <summary>The shard.</summary>
    public Shard Owner => Shard;

    /// <summary>The cluster as this shard knows it.</summary>
    public ClusterImage Image { get; private set; }

    /// <summary>Where partitions are.</summary>
    public PartitionRouter Router { get; }

    /// <summary>The partitions this shard owns.</summary>
    public IReadOnlyCollection<Partition> Partitions => _partitions.Values;

    /// <summary>Finds a partition this shard owns.</summary>
    public bool TryGetPartition(TopicIdPartition id, [MaybeNullWhen(false)] out Partition partition)
    {
        AssertOnShard();
        return _partitions.TryGetValue(id, out partition);
    }

    /// <summary>True when a partition, on whatever shard, is known to be offline.</summary>
    public bool IsOffline(TopicIdPartition id)
    {
        AssertOnShard();
        return _offline.Contains(id);
    }

    /// <summary>Takes a new image over: opens what is new, drops what is gone, applies configs.</summary>
    internal void Take(ClusterImage image)
    {
        AssertOnShard();
        if (_isStopping) return;
        ClusterImage before = Image;
        Image = image;
        if (!ReferenceEquals(before.Topics, image.Topics))
        {
            foreach (TopicImage topic in before.Topics.Values)
            {
                if (!image.Topics.ContainsKey(topic.Id)) Drop(topic);
            }
            foreach (TopicImage topic in image.Topics.Values)
            {
                if (!before.TryGetTopic(topic.Id, out TopicImage? known))
                {
                    Open(topic, from: 0);
                    continue;
                }
                if (!ReferenceEquals(known.Config, topic.Config)) ForEachOwn(topic, p => p.Apply(topic.Config));
                if (topic.PartitionCount > known.PartitionCount) Open(topic, from: known.PartitionCount);
            }
        }
        ImageChanged?.Invoke(image);
    }

    /// <summary>Starts looking after retention at the broker's interval.</summary>
    internal void StartRetention()
    {
        AssertOnShard();
        TimeSpan interval = TimeSpan.FromMilliseconds(Image.Configs.BrokerLong(BrokerConfigs.RetentionCheckIntervalMs));
        _retention = Shard.Schedule(interval, static shard => shard.RunRetention(), this);
    }

    /// <summary>Answers everybody who waits and takes no more; the logs are the store's to close.</summary>
    internal void Stop()
    {
        AssertOnShard();
        _isStopping = true;
        _retention?.Dispose();
        _openAgain?.Dispose();
        foreach (Partition partition in _partitions.Values) partition.Close(ErrorCode.NotLeaderOrFollower);
    }

    // async void here and below: what goes wrong surfaces on the shard, which stops the process, instead of in a task nobody looks at.
    private async void RunRetention()
    {
        long producerIdExpirationMs = Image.Configs.BrokerLong(BrokerConfigs.ProducerIdExpirationMs);
        foreach (Partition partition in _partitions.Values.ToArray())
        {
            RetentionResult removed = await partition.ApplyRetentionAsync(producerIdExpirationMs);
            if (removed.Segments > 0)
                ClusterEvents.SegmentsRemoved(_options.Logger, partition.Topic, partition.Id.Partition, removed.Segments, removed.Bytes, partition.LogStartOffset);
        }
        if (!_isStopping) StartRetention();
    }

    /// <summary>The log of this shard that is due for compaction and has the largest dirty share; null when none is.</summary>
    internal async ValueTask<CleaningCandidate?> FindDirtiestAsync(IReadOnlySet<TopicIdPartition> except)
    {
        AssertOnShard();
        CleaningCandidate? dirtiest = null;
        if (_isStopping) return null;
        foreach (Partition partition in _partitions.Values.Where(static partition => partition.Config.IsCompacted).ToArray())
        {
            if (except.Contains(partition.Id)) continue;
            CleaningNeed need = await partition.FindCleaningNeedAsync();
            if (need.IsDue && (dirtiest is null || need.DirtyRatio > dirtiest.Value.Need.DirtyRatio)) dirtiest = new CleaningCandidate(partition.Id, need);
        }
        return dirtiest;
    }

    /// <summary>Compacts a log of this shard; null when it is gone or cannot be cleaned now.</summary>
    internal async ValueTask<CleaningResult?> CleanAsync(TopicIdPartition id, LogCleaner cleaner)
    {
        AssertOnShard();
        if (_isStopping || !_partitions.TryGetValue(id, out Partition? partition)) return null;
        CleaningResult result = await partition.CleanAsync(cleaner);
        if (result.BytesBefore > 0)
        {
            ClusterEvents.LogCompacted(
                _options.Logger, partition.Topic, id.Partition, result.Outcome, result.BytesBefore, result.BytesAfter, result.CleanedTo);
        }
        return result;
    }

    /// <summary>The partitions of this shard.</summary>
    internal IReadOnlyList<TopicIdPartition> PartitionIds()
    {
        AssertOnShard();
        return [.. _partitions.Keys];
    }

    /// <summary>Verifies the stored data of a partition of this shard; nothing when it is gone.</summary>
    internal async ValueTask<ScrubResult> ScrubAsync(TopicIdPartition id, LogScrubber scrubber)
    {
        AssertOnShard();
        return _isStopping || !_partitions.TryGetValue(id, out Partition? partition) ? default : await partition.ScrubAsync(scrubber);
    }

    private void ForEachOwn(TopicImage topic, Action<Partition> act)
    {
        for (int index = 0; index < topic.PartitionCount; index++)
        {
            if (_partitions.TryGetValue(new TopicIdPartition(topic.Id, index), out Partition? partition)) act(partition);
        }
    }
}
