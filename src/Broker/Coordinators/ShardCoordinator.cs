using Gateway.Broker.Cluster;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators;

/// <summary>
/// A coordinator's part of one shard: the state in each partition of its internal topic that the shard owns. Comes and goes with those partitions.
/// </summary>
internal abstract class ShardCoordinator<TState> : ShardOwned
    where TState : CoordinatorState
{
    private readonly Dictionary<int, TState> _partitions = [];
    private readonly List<Task> _loads = [];
    private readonly string _topic;

    /// <summary>Hooks itself to the shard; so it has to be made before the shard takes its first image over.</summary>
    protected ShardCoordinator(BrokerShard shard, string topic)
        : base(shard.Owner)
    {
        BrokerShard = shard;
        _topic = topic;
        shard.PartitionOpened += OnOpened;
        shard.PartitionDropping += OnDropping;
    }

    /// <summary>The broker's part of the shard.</summary>
    protected BrokerShard BrokerShard { get; }

    /// <summary>The state in a partition of the internal topic; null when another shard, or nobody, has it.</summary>
    public TState? Find(int partition)
    {
        AssertOnShard();
        return _partitions.GetValueOrDefault(partition);
    }

    /// <summary>All state here.</summary>
    public IReadOnlyCollection<TState> Partitions
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
        foreach (TState partition in _partitions.Values) partition.Close(ErrorCode.CoordinatorNotAvailable);
    }

    /// <summary>Completes when the state in all partitions that are open now was replayed, or could not be.</summary>
    public async ValueTask<bool> LoadedAsync()
    {
        AssertOnShard();
        await Task.WhenAll(_loads.ToArray());
        return true;
    }

    /// <summary>The state that lives in a partition, not replayed yet.</summary>
    protected abstract TState Create(Partition partition, ICoordinatorLog log);

    // async void: what goes wrong surfaces on the shard instead of in a task nobody looks at.
    private async void OnOpened(Partition partition)
    {
        if (partition.Topic != _topic) return;
        TState state = Create(partition, new PartitionCoordinatorLog(partition, Shard.Time));
        _partitions[partition.Id.Partition] = state;
        Task load = state.LoadAsync();
        if (!load.IsCompleted) _loads.Add(load);
        await load;
        _loads.Remove(load);
    }

    private void OnDropping(Partition partition)
    {
        if (partition.Topic == _topic && _partitions.Remove(partition.Id.Partition, out TState? state)) state.Close(ErrorCode.NotCoordinator);
    }
}
