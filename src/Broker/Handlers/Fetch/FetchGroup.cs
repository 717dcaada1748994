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

/// <summary>What one round may read and when it is to wait.</summary>
/// <param name="Number">Which round; no two of a fetch's, whatever it was used for, have the same number.</param>
/// <param name="MaxBytes">How much to read at most.</param>
/// <param name="MinBytes">How much is enough.</param>
/// <param name="MayWait">Whether to wait when there is less.</param>
internal readonly record struct FetchRound(long Number, int MaxBytes, int MinBytes, bool MayWait);

/// <summary>
/// The partitions of a fetch that one shard owns. In each round it goes to that shard with a post, reads what there is, reports back with
/// another, and stays there as a waiter if there was too little. Part of its fetch, and used again with it.
/// </summary>
/// <remarks>
/// Items are the origin's, and read by the owner in a round only; results are the owner's in a round and the origin's afterwards; the place
/// in line is the owner's. Posts keep their order, so calling off comes before the next round, and a wake-up tells which round it is of.
/// </remarks>
internal sealed class FetchGroup(PendingFetch fetch, Shard origin, ShardRef<BrokerShard> owner) : FetchWaiter
{
    private const int ItemsKept = 64;

    /// <summary>About a millisecond's worth: a fetch over thousands of partitions lets others of the shard have a turn.</summary>
    private const int ItemsPerTurn = 512;

    private PartitionReadResult[] _results = [];
    private long _round;

    /// <summary>What to read, in the order of the request.</summary>
    public List<FetchItem> Items { get; } = [];

    /// <summary>Whether it was left waiting at the end of the round. The origin's, once reported.</summary>
    public bool Waits { get; private set; }

    /// <summary>What was read, in the order of the items. The origin's, once reported.</summary>
    public Span<PartitionReadResult> Results => _results.AsSpan(0, Items.Count);

    /// <summary>Begins a round. On the origin.</summary>
    public void Start(in FetchRound round)
    {
        if (owner.IsLocal) Run(owner.Local, round);
        else owner.Post(static (target, work) => work.Group.Run(target, work.Round), (Group: this, Round: round));
    }

    /// <summary>Ends a wait that nobody needs any more. On the origin.</summary>
    public void CallOff()
    {
        if (!Waits) return;
        Waits = false;
        if (owner.IsLocal) StopWaiting();
        else owner.Post(static (_, group) => group.StopWaiting(), this);
    }

    /// <summary>Forgets what it was to read. On the origin, between rounds.</summary>
    public void Clear()
    {
        Items.Clear();
        if (Items.Capacity > ItemsKept) Items.Capacity = 0;
        if (_results.Length > ItemsKept) _results = [];
    }

    /// <inheritdoc/>
    protected override void OnWake() => origin.Post(static wake => wake.Group.TellWoken(wake.Round), (Group: this, Round: _round));

    /// <summary>Reads from each partition in the order of the request, then reports. On the owner.</summary>
    // async void: what goes wrong is a bug and surfaces on the shard, which stops the process.
    private async void Run(BrokerShard shard, FetchRound round)
    {
        StopWaiting();
        _round = round.Number;
        if (_results.Length < Items.Count) _results = new PartitionReadResult[Items.Count];
        long gathered = 0;
        bool settled = false;
        for (int i = 0; i < Items.Count; i++)
        {
            if (i % ItemsPerTurn == ItemsPerTurn - 1) await Task.Yield();
            FetchItem item = Items[i];
            PartitionReadResult result = shard.TryGetPartition(item.Id, out Partition? partition)
                ? await partition.ReadAsync(item.Read, (int)Math.Clamp(round.MaxBytes - gathered, 0, item.MaxBytes), atLeastOneBatch: gathered == 0)
                : PartitionReadResult.Failed(ErrorCode.UnknownTopicOrPartition);
            _results[i] = result;
            gathered += result.Records?.Length ?? 0;
            settled |= result.Error != ErrorCode.None || result.Diverging is not null;
        }
        if (round.MayWait && !settled && gathered < round.MinBytes) Wait(shard, round.MinBytes - gathered);
        Waits = IsWaiting;
        if (origin.IsCurrent) Report();
        else origin.Post(static group => group.Report(), this);
    }

    private void Report() => fetch.Returned();

    private void TellWoken(long round) => fetch.Woken(round);

    private void Wait(BrokerShard shard, long missingBytes)
    {
        ReadsCommitted = Items[0].Read.CommittedOnly;
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
            changed |= partition.HighWatermark != _results[i].HighWatermark || partition.LastStableOffset != _results[i].LastStableOffset;
        }
        if (changed) WakeNow();
    }
}
