using Gateway.Broker.Cluster;
using Gateway.Common.Ids;
using Gateway.Shards;

namespace Gateway.Broker.Handlers;

/// <summary>Asks the owners of many partitions the same question: one call per shard, all on their way before the first is awaited.</summary>
internal static class OwnerCalls
{
    /// <summary>Runs <paramref name="ask"/> for every item on the shard that owns its partition; the answers come in the order of the items.</summary>
    public static async ValueTask<TResult[]> AskAllAsync<TItem, TResult>(
        PartitionRouter router, IReadOnlyList<TItem> items, Func<TItem, TopicIdPartition> idOf, Func<BrokerShard, TItem, ValueTask<TResult>> ask)
    {
        var answers = new TResult[items.Count];
        List<(int[] Slots, ValueTask<TResult[]> Answers)> calls = [];
        foreach (IGrouping<int, int> group in Enumerable.Range(0, items.Count).GroupBy(i => router.OwnerIndex(idOf(items[i]))))
        {
            int[] slots = [.. group];
            TItem[] own = [.. slots.Select(i => items[i])];
            calls.Add((slots, router.Shards[group.Key].Call(static (shard, work) => AskEachAsync(shard, work.own, work.ask), (own, ask))));
        }
        foreach ((int[] slots, ValueTask<TResult[]> pending) in calls)
        {
            TResult[] some = await pending;
            for (int i = 0; i < slots.Length; i++) answers[slots[i]] = some[i];
        }
        return answers;
    }

    private static async ValueTask<TResult[]> AskEachAsync<TItem, TResult>(BrokerShard shard, TItem[] items, Func<BrokerShard, TItem, ValueTask<TResult>> ask)
    {
        var answers = new TResult[items.Length];
        for (int i = 0; i < items.Length; i++) answers[i] = await ask(shard, items[i]);
        return answers;
    }
}
