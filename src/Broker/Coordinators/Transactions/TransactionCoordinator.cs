using Gateway.Broker.Cluster;
using Gateway.Broker.Configs;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Partitions;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>The transaction coordinator's part of one shard: the ids in each partition of <c>__transaction_state</c> that the shard owns.</summary>
internal sealed class TransactionCoordinator : ShardCoordinator<TransactionPartition>
{
    private readonly TransactionMarkers _markers;
    private readonly ILogger _logger;
    private EffectiveConfigs? _configs;
    private TransactionSettings _settings = new();

    /// <summary>Hooks itself to the shard; so it has to be made before the shard takes its first image over.</summary>
    public TransactionCoordinator(BrokerShard shard, GroupRouter groups, ILogger logger)
        : base(shard, TopicName.TransactionState)
    {
        _markers = new TransactionMarkers(shard, groups);
        _logger = logger;
    }

    /// <inheritdoc/>
    protected override TransactionPartition Create(Partition partition, ICoordinatorLog log) =>
        new(Shard, partition.Id.Partition, log, partition.LeaderEpoch, Settings, _markers, _logger);

    private TransactionSettings Settings()
    {
        EffectiveConfigs configs = BrokerShard.Image.Configs;
        if (ReferenceEquals(configs, _configs)) return _settings;
        _configs = configs;
        return _settings = new TransactionSettings
        {
            MaxTimeoutMs = configs.BrokerInt(BrokerConfigs.TransactionMaxTimeoutMs),
            TimeoutCheckInterval = TimeSpan.FromMilliseconds(configs.BrokerInt(BrokerConfigs.TransactionTimeoutCheckIntervalMs)),
            IdExpiration = TimeSpan.FromMilliseconds(configs.BrokerInt(BrokerConfigs.TransactionalIdExpirationMs)),
            ExpirationCheckInterval = TimeSpan.FromMilliseconds(configs.BrokerInt(BrokerConfigs.TransactionalIdExpirationCheckIntervalMs)),
        };
    }
}
