using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Storage;

namespace Gateway.Broker.Cluster;

/// <summary>Has all logs verified, one after the other, and rests between two rounds.</summary>
internal sealed class ScrubSchedule(Shard shard, PartitionRouter router, LogScrubber scrubber, TimeSpan interval) : ShardOwned(shard)
{
    // A start has enough to do; and a broker that is restarted often is to get round to it all the same.
    private static readonly TimeSpan FirstRest = TimeSpan.FromMinutes(10);

    private ShardTimer? _rest;
    private bool _isStopping;

    /// <summary>Starts, after a rest.</summary>
    internal void Start()
    {
        AssertOnShard();
        Rest(interval < FirstRest ? interval : FirstRest);
    }

    /// <summary>Ends what is under way soon, and starts no more.</summary>
    internal void Stop()
    {
        AssertOnShard();
        _isStopping = true;
        _rest?.Dispose();
        scrubber.Stop();
    }

    private void Rest(TimeSpan rest)
    {
        if (!_isStopping) _rest = Shard.Schedule(rest, Run);
    }

    // async void: what goes wrong surfaces on the shard, which stops the process, instead of in a task nobody looks at.
    private async void Run()
    {
        foreach (ShardRef<BrokerShard> part in router.Shards)
        {
            IReadOnlyList<TopicIdPartition> ids = await part.Call(static (target, _) => ValueTask.FromResult(target.PartitionIds()), 0);
            foreach (TopicIdPartition id in ids)
            {
                if (_isStopping) return;
                _ = await part.Call(static (target, work) => target.ScrubAsync(work.Id, work.Scrubber), (Id: id, Scrubber: scrubber));
            }
        }

        Rest(interval);
    }
}
