using Gateway.Broker.Cluster;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Fetch;

/// <summary>One partition somebody fetches from.</summary>
/// <param name="Slot">Its place in the request.</param>
/// <param name="Id">Which partition.</param>
/// <param name="Read">From where.</param>
/// <param name="MaxBytes">How much of it at most.</param>
internal readonly record struct FetchItem(int Slot, TopicIdPartition Id, PartitionRead Read, int MaxBytes);

/// <summary>
/// One round of a fetch on one shard: reads what there is and, if that is too little, waits for more. Travels to the shard with a
/// post, reports back with another, and stays there as a waiter until it is woken or called off.
/// </summary>
internal sealed class FetchGroup(PendingFetch fetch, Shard origin, ShardRef<BrokerShard> owner, IReadOnlyList<FetchItem> items) : FetchWaiter
{
    private bool _isCalledOff;

    public ShardRef<BrokerShard> Owner { get; } = owner;

    /// <summary>What was read, in the order of the items. The origin's, once reported.</summary>
    public PartitionReadResult[] Results { get; } = new PartitionReadResult[items.Count];

    public IReadOnlyList<FetchItem> Items { get; } = items;

    /// <summary>Reads from each partition in the order of the request, then reports. On the owner.</summary>
    // async void: what goes wrong is a bug and surfaces on the shard, which stops the process.
    public async void Run(BrokerShard shard, int maxBytes, int minBytes, bool mayWait)
    {
        long gathered = 0;
        bool settled = false;
        for (int i = 0; i < Items.Count; i++)
        {
            FetchItem item = Items[i];
            Results[i] = shard.TryGetPartition(item.Id, out Partition? partition)
                ? await partition.ReadAsync(item.Read, (int)Math.Clamp(maxBytes - gathered, 0, item.MaxBytes), atLeastOneBatch: gathered == 0)
                : PartitionReadResult.Failed(ErrorCode.UnknownTopicOrPartition);
            gathered += Results[i].Records?.Length ?? 0;
            settled |= Results[i].Error != ErrorCode.None || Results[i].Diverging is not null;
        }
        if (mayWait && !settled && gathered < minBytes && !_isCalledOff) Wait(shard, minBytes - gathered);
        if (origin.IsCurrent) fetch.Returned(this);
        else origin.Post(static group => group.Report(), this);
    }

    /// <summary>Nobody needs it any more. On the owner.</summary>
    public void CallOff()
    {
        _isCalledOff = true;
        StopWaiting();
    }

    /// <inheritdoc/>
    protected override void OnWake() => origin.Post(static group => group.Woken(), this);

    private void Report() => fetch.Returned(this);

    private void Woken() => fetch.Woken(this);

    private void Wait(BrokerShard shard, long missingBytes)
    {
        WaitFor(missingBytes);
        bool changed = false;
        for (int i = 0; i < Items.Count; i++)
        {
            if (!shard.TryGetPartition(Items[i].Id, out Partition? partition) || !partition.IsOpen)
            {
                changed = true;
                continue;
            }
            partition.Waiters.Add(this);
            // A read of an earlier partition may have waited for the disk while this one moved on.
            changed |= partition.HighWatermark != Results[i].HighWatermark;
        }
        if (changed) WakeNow();
    }
}
