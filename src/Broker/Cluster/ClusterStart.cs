using Gateway.Broker.Cluster.Decisions;
using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Cluster;

/// <summary>
/// Brings the cluster back from its metadata log: replay, a new epoch after an unclean stop, partitions opened on all shards, settings of topics in which
/// something is kept put right.
/// </summary>
internal sealed class ClusterStart(Shard shard, LogStore store, PartitionRouter router, KeptTopics kept, ILogger logger) : ShardOwned(shard)
{
    public async ValueTask<ShardRef<Controller>> RunAsync(ClusterImage image)
    {
        AssertOnShard();
        var log = new MetadataLog(Shard, store);
        IReadOnlyList<MetadataRecord> records = await log.ReadAllAsync();
        foreach (MetadataRecord record in records) image = image.Apply(record);
        ClusterEvents.Replayed(logger, records.Count, image.Topics.Count, image.Topics.Values.Sum(static t => t.PartitionCount));
        RemoveLogsOfDeletedTopics(image);
        // After a crash a directory may be missing that was never durable; nothing was acknowledged of its log.
        if (store.WasClosedCleanly) TellOfMissingLogs(image);

        var controller = new Controller(Shard, log, image, router, logger);
        if (store.WasClosedCleanly) await controller.PublishAsync(image);
        else await controller.CommitAsync(static image => new Decision<bool>([new EpochRaised(image.Epoch + 1)], true));
        await controller.CommitAsync(kept.Mend);
        foreach (ShardRef<BrokerShard> target in router.Shards) target.Post(static owner => owner.StartRetention());
        return new ShardRef<Controller>(Shard, controller);
    }

    /// <summary>A deletion is done when it is in the metadata log; a crash may have kept the files.</summary>
    private void RemoveLogsOfDeletedTopics(ClusterImage image)
    {
        foreach (TopicIdPartition log in store.ExistingLogs)
        {
            if (log == MetadataLog.Id || image.Topics.ContainsKey(log.TopicId)) continue;
            if (image.DeletedTopics.Contains(log.TopicId)) store.DeleteLog(log);
            else ClusterEvents.UnknownLog(logger, log);
        }
    }

    private void TellOfMissingLogs(ClusterImage image)
    {
        HashSet<TopicIdPartition> existing = [.. store.ExistingLogs];
        foreach (TopicImage topic in image.Topics.Values)
        {
            int[] missing = [.. Enumerable.Range(0, topic.PartitionCount).Where(index => !existing.Contains(new TopicIdPartition(topic.Id, index)))];
            if (missing.Length > 0) ClusterEvents.LogsMissing(logger, topic.Name, topic.Id, string.Join(',', missing));
        }
    }
}
