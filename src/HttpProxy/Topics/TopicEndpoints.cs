using System.Text.Json;
using Gateway.Client.Admin;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Topics;

/// <summary>What there is: brokers, topics, partitions, ends of logs.</summary>
internal static class TopicEndpoints
{
    internal static ValueTask HelloAsync(ProxyCall call) => call.AnswerAsync(0, static (json, _) =>
    {
        json.WriteStartObject();
        json.WriteEndObject();
    });

    internal static async ValueTask ReadyAsync(ProxyCall call)
    {
        await call.Service.Client.Admin.DescribeClusterAsync(call.Cancel).ConfigureAwait(false);
        await HelloAsync(call).ConfigureAwait(false);
    }

    internal static async ValueTask BrokersAsync(ProxyCall call)
    {
        call.RequireAcceptable();
        ClusterView cluster = await call.Service.Client.Admin.DescribeClusterAsync(call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(cluster, static (json, cluster) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("brokers");
            foreach (int id in cluster.Brokers.Keys) json.WriteNumberValue(id);
            json.WriteEndArray();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    internal static async ValueTask ListAsync(ProxyCall call)
    {
        call.RequireAcceptable();
        IReadOnlyList<TopicView> topics = await call.Service.Client.Admin.ListTopicsAsync(call.Cancel).ConfigureAwait(false);
        string own = call.Service.Options.ConsumersTopic;
        await call.AnswerAsync((topics, own), static (json, answer) =>
        {
            json.WriteStartArray();
            foreach (TopicView topic in answer.topics)
            {
                if (!topic.IsInternal && topic.Name != answer.own) json.WriteStringValue(topic.Name);
            }
            json.WriteEndArray();
        }).ConfigureAwait(false);
    }

    internal static async ValueTask DescribeAsync(ProxyCall call)
    {
        call.RequireAcceptable();
        TopicView topic = await FindAsync(call).ConfigureAwait(false);
        IReadOnlyList<ConfigEntry> configs = await call.Service.Client.Admin.DescribeConfigsAsync(
            ConfigResourceType.Topic, topic.Name, call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync((topic, configs), static (json, state) =>
        {
            json.WriteStartObject();
            json.WriteString("name", state.topic.Name);
            json.WriteStartObject("configs");
            foreach (ConfigEntry config in state.configs) json.WriteString(config.Name, config.Value);
            json.WriteEndObject();
            json.WriteStartArray("partitions");
            foreach (PartitionView partition in state.topic.Partitions) Write(json, partition);
            json.WriteEndArray();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    internal static async ValueTask PartitionsAsync(ProxyCall call)
    {
        call.RequireAcceptable();
        await call.AnswerAsync(await FindAsync(call).ConfigureAwait(false), static (json, topic) =>
        {
            json.WriteStartArray();
            foreach (PartitionView partition in topic.Partitions) Write(json, partition);
            json.WriteEndArray();
        }).ConfigureAwait(false);
    }

    internal static async ValueTask PartitionAsync(ProxyCall call)
    {
        call.RequireAcceptable();
        (TopicView topic, int partition) = await FindPartitionAsync(call).ConfigureAwait(false);
        await call.AnswerAsync(topic.Partitions[partition], Write).ConfigureAwait(false);
    }

    internal static async ValueTask OffsetsAsync(ProxyCall call)
    {
        call.RequireAcceptable();
        (TopicView topic, int index) = await FindPartitionAsync(call).ConfigureAwait(false);
        var partition = new TopicPartition(topic.Name, index);
        await call.AnswerAsync(await call.FindEndsAsync(partition).ConfigureAwait(false), static (json, offsets) =>
        {
            json.WriteStartObject();
            json.WriteNumber("beginning_offset", offsets.Earliest);
            json.WriteNumber("end_offset", offsets.Latest);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    /// <summary>The topic in the path, fresh.</summary>
    /// <exception cref="ProblemException">There is none: 40401.</exception>
    private static async ValueTask<TopicView> FindAsync(ProxyCall call)
    {
        string name = call.Name("topic");
        try
        {
            return await call.Service.Client.Admin.DescribeTopicAsync(name, call.Cancel).ConfigureAwait(false);
        }
        catch (Client.KafkaErrorException failure) when (failure.Code is ErrorCode.UnknownTopicOrPartition or ErrorCode.InvalidTopicException)
        {
            throw new ProblemException(Problem.TopicNotFound, "Topic not found.");
        }
    }

    private static async ValueTask<(TopicView Topic, int Partition)> FindPartitionAsync(ProxyCall call)
    {
        int partition = call.Partition();
        TopicView topic = await FindAsync(call).ConfigureAwait(false);
        if (partition >= 0 && partition < topic.Partitions.Length) return (topic, partition);
        throw new ProblemException(Problem.PartitionNotFound, "Partition not found.");
    }

    private static void Write(Utf8JsonWriter json, PartitionView partition)
    {
        json.WriteStartObject();
        json.WriteNumber("partition", partition.Index);
        json.WriteNumber("leader", partition.Leader);
        json.WriteStartArray("replicas");
        foreach (int broker in partition.Replicas)
        {
            json.WriteStartObject();
            json.WriteNumber("broker", broker);
            json.WriteBoolean("leader", broker == partition.Leader);
            json.WriteBoolean("in_sync", partition.InSync.Contains(broker));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
