using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Storage;

namespace Gateway.Broker.Cluster;

/// <summary>A log that is due for compaction.</summary>
/// <param name="Id">The partition.</param>
/// <param name="Need">How much.</param>
internal readonly record struct CleaningCandidate(TopicIdPartition Id, CleaningNeed Need);

/// <summary>
/// Has logs compacted: each cleaner takes the dirtiest one that is due, of all shards, then the next, and rests when there is none. A log gets
/// its turn once between two rests, so that one that takes all the writes does not take all the cleaning.
/// </summary>
internal sealed class CleaningSchedule(Shard shard, PartitionRouter router, IReadOnlyList<LogCleaner> cleaners, TimeSpan backoff) : ShardOwned(shard)
{
    private readonly HashSet<TopicIdPartition> _busy = [];
    private readonly List<ShardTimer> _resting = [];
    private bool _isStopping;

    /// <summary>Starts looking, after a rest: a start has enough to do.</summary>
    internal void Start()
    {
        AssertOnShard();
        foreach (LogCleaner cleaner in cleaners) Rest(cleaner);
    }

    /// <summary>Ends what is under way soon, and starts no more.</summary>
    internal void Stop()
    {
        AssertOnShard();
        _isStopping = true;
        foreach (ShardTimer timer in _resting) timer.Dispose();
        foreach (LogCleaner cleaner in cleaners) cleaner.Stop();
    }

    private void Rest(LogCleaner cleaner)
    {
        if (_isStopping) return;
        ShardTimer? timer = null;
        timer = Shard.Schedule(backoff, () =>
        {
            _ = _resting.Remove(timer!);
            Run(cleaner);
        });
        _resting.Add(timer);
    }

    // async void: what goes wrong surfaces on the shard, which stops the process, instead of in a task nobody looks at.
    private async void Run(LogCleaner cleaner)
    {
        var done = new HashSet<TopicIdPartition>();
        while (!_isStopping && await FindDirtiestAsync(done) is { } dirtiest)
        {
            // Another cleaner may have taken it while the shards were asked.
            if (!done.Add(dirtiest.Id) || !_busy.Add(dirtiest.Id)) continue;
            try
            {
                _ = await router.OwnerOf(dirtiest.Id).Call(
                    static (target, work) => target.CleanAsync(work.Id, work.Cleaner), (dirtiest.Id, Cleaner: cleaner));
            }
            finally
            {
                _ = _busy.Remove(dirtiest.Id);
            }
        }
        Rest(cleaner);
    }

    private async ValueTask<CleaningCandidate?> FindDirtiestAsync(HashSet<TopicIdPartition> done)
    {
        // A copy, because the shards read it.
        IReadOnlySet<TopicIdPartition> except = new HashSet<TopicIdPartition>(done.Concat(_busy));
        CleaningCandidate? dirtiest = null;
        foreach (ShardRef<BrokerShard> part in router.Shards)
        {
            CleaningCandidate? found = await part.Call(static (target, except) => target.FindDirtiestAsync(except), except);
            if (found is { } one && (dirtiest is null || one.Need.DirtyRatio > dirtiest.Value.Need.DirtyRatio)) dirtiest = one;
        }
        return dirtiest;
    }
}
