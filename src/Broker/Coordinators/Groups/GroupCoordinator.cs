using Gateway.Broker.Cluster;
using Gateway.Broker.Configs;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Shards;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>
/// The group coordinator's part of one shard: for each partition of <c>__consumer_offsets</c> the shard owns, the groups that live in it.
/// Comes and goes with those partitions.
/// </summary>
internal sealed class GroupCoordinator : ShardOwned
{
    private readonly Dictionary<int, GroupPartition> _partitions = [];
    private readonly List<Task> _loads = [];
    private readonly BrokerShard _shard;
    private readonly Func<Guid> _newId;
    private readonly MemberMemory _memory;
    private readonly ILogger _logger;
    private ClusterImage _seen;
    private EffectiveConfigs? _configs;
    private GroupSettings _settings = new();

    /// <summary>Hooks itself to the shard; so it has to be made before the shard takes its first image over.</summary>
    public GroupCoordinator(BrokerShard shard, Func<Guid> newId, ILogger logger)
        : base(shard.Owner)
    {
        _shard = shard;
        _newId = newId;
        _logger = logger;
        _memory = new MemberMemory(MemberMemory.PerShard, () => _partitions.Values.Sum(static partition => partition.Store.MemberBytes), logger);
        _seen = shard.Image;
        shard.PartitionOpened += OnOpened;
        shard.PartitionDropping += OnDropping;
        shard.ImageChanged += OnImage;
    }

    /// <summary>The groups of a partition of <c>__consumer_offsets</c>; null when another shard, or nobody, has them.</summary>
    public GroupPartition? Find(int partition)
    {
        AssertOnShard();
        return _partitions.GetValueOrDefault(partition);
    }

    /// <summary>All groups here.</summary>
    public IReadOnlyCollection<GroupPartition> Partitions
    {
        get
        {
            AssertOnShard();
            return _partitions.Values;
        }
    }

    /// <summary>Answers everybody who waits and serves no more.</summary>
    public void Stop()
    {
        AssertOnShard();
        foreach (GroupPartition partition in _partitions.Values) partition.Close(ErrorCode.CoordinatorNotAvailable);
    }

    /// <summary>Completes when the groups of all partitions that are open now were replayed, or could not be.</summary>
    public async ValueTask<bool> LoadedAsync()
    {
        AssertOnShard();
        await Task.WhenAll(_loads.ToArray());
        return true;
    }

    // async void: what goes wrong surfaces on the shard instead of in a task nobody looks at.
    private async void OnOpened(Partition partition)
    {
        if (partition.Topic != TopicName.ConsumerOffsets) return;
        Task load = LoadAsync(partition);
        if (!load.IsCompleted) _loads.Add(load);
        await load;
        _loads.Remove(load);
    }

    private Task LoadAsync(Partition partition)
    {
        var log = new PartitionCoordinatorLog(partition, Shard.Time);
        var groups = new GroupPartition(Shard, partition.Id.Partition, log, Settings, IsGone, _newId, _memory, _logger);
        _partitions[partition.Id.Partition] = groups;
        return groups.LoadAsync();
    }

    private void OnDropping(Partition partition)
    {
        if (partition.Topic == TopicName.ConsumerOffsets && _partitions.Remove(partition.Id.Partition, out GroupPartition? groups))
            groups.Close(ErrorCode.NotCoordinator);
    }

    private void OnImage(ClusterImage image)
    {
        ClusterImage before = _seen;
        _seen = image;
        if (!before.Topics.Keys.Any(id => !image.Topics.ContainsKey(id))) return;
        foreach (GroupPartition partition in _partitions.Values) partition.DropOffsetsOfGoneTopics();
    }

    /// <summary>A topic is gone when nothing has its name, or something else has it now.</summary>
    private bool IsGone(string topic, Guid id) =>
        !_shard.Image.TryGetTopic(topic, out TopicImage? current) || (id != Guid.Empty && id != current.Id);

    private GroupSettings Settings()
    {
        EffectiveConfigs configs = _shard.Image.Configs;
        if (ReferenceEquals(configs, _configs)) return _settings;
        _configs = configs;
        return _settings = new GroupSettings
        {
            MinSessionTimeoutMs = configs.BrokerInt(BrokerConfigs.GroupMinSessionTimeoutMs),
            MaxSessionTimeoutMs = configs.BrokerInt(BrokerConfigs.GroupMaxSessionTimeoutMs),
            InitialRebalanceDelayMs = configs.BrokerInt(BrokerConfigs.GroupInitialRebalanceDelayMs),
            MaxSize = configs.BrokerInt(BrokerConfigs.GroupMaxSize),
            OffsetMetadataMaxBytes = configs.BrokerInt(BrokerConfigs.OffsetMetadataMaxBytes),
            OffsetsRetention = TimeSpan.FromMinutes(configs.BrokerInt(BrokerConfigs.OffsetsRetentionMinutes)),
            OffsetsRetentionCheckInterval = TimeSpan.FromMilliseconds(configs.BrokerLong(BrokerConfigs.OffsetsRetentionCheckIntervalMs)),
        };
    }
}
