using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Common.Ids;
using Gateway.Shards;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker;

/// <summary>What handlers and coordinators are built from: one per broker, made before the first request.</summary>
/// <param name="Router">Finds partitions, and the broker's part of each shard.</param>
/// <param name="Controller">Decides about topics and configs.</param>
/// <param name="TopicCreation">The rules of topic creation.</param>
/// <param name="ConfigAlteration">The rules of config alteration.</param>
/// <param name="Loggers">Where loggers come from.</param>
public sealed record BrokerServices(
    PartitionRouter Router, ShardRef<Controller> Controller, CreateTopics TopicCreation, AlterConfigs ConfigAlteration, ILoggerFactory Loggers)
{
    /// <summary>The broker's part of a shard. On that shard.</summary>
    public BrokerShard On(Shard shard) => Router.Shards[shard.Index].Local;

    /// <summary>Creates a topic if it is missing, as <see cref="InternalTopics"/> says. On any shard; when it is done every shard serves the topic.</summary>
    public async ValueTask<CreatedTopic> CreateOnDemandAsync(string name)
    {
        IReadOnlyList<CreatedTopic> outcomes = await Controller.Call(
            static (target, state) => target.CommitAsync(image => state.Creation.Decide(image, [InternalTopics.Wanted(state.Name, image.Configs)], validateOnly: false)),
            (Creation: TopicCreation, Name: name));
        return outcomes[0];
    }
}
