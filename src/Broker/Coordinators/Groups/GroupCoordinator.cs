using Gateway.Broker.Cluster;
using Gateway.Broker.Configs;
using Gateway.Broker.Partitions;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>The group coordinator's part of one shard: the groups in each partition of <c>__consumer_offsets</c> that the shard owns.</summary>
internal sealed class GroupCoordinator : ShardCoordinator<GroupPartition>
{
    private readonly Func<Guid> _newId;
    private readonly MemberMemory _memory;
    private readonly ILogger _logger;
    private ClusterImage _seen;
    private EffectiveConfigs? _configs;
    private GroupSettings _settings = new();

    /// <summary>Hooks itself to the shard; so it has to be made before the shard takes its first image over.</summary>
    public GroupCoordinator(BrokerShard shard, Func<Guid> newId, ILogger logger)
        : base(shard, TopicName.ConsumerOffsets)
    {
        _newId = newId;
        _logger = logger;
        _memory = new MemberMemory(MemberMemory.PerShard, () => Partitions.Sum(static partition => partition.Store.MemberBytes), logger);
        _seen = shard.Image;
        shard.ImageChanged += OnImage;
    }

    /// <inheritdoc/>
    protected override GroupPartition Create(Partition partition, ICoordinatorLog log) =>
        new(Shard, partition.Id.Partition, log, Settings, IsGone, _newId, _memory, _logger);

    private void OnImage(ClusterImage image)
    {
        ClusterImage before = _seen;
        _seen = image;
        if (!before.Topics.Keys.Any(id => !image.Topics.ContainsKey(id))) return;
        foreach (GroupPartition partition in Partitions) partition.DropOffsetsOfGoneTopics();
    }

    /// <summary>A topic is gone when nothing has its name, or something else has it now.</summary>
    private bool IsGone(string topic, Guid id) =>
        !BrokerShard.Image.TryGetTopic(topic, out TopicImage? current) || (id != Guid.Empty && id != current.Id);

    private GroupSettings Settings()
    {
        EffectiveConfigs configs = BrokerShard.Image.Configs;
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
