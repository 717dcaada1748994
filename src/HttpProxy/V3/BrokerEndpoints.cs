using System.Globalization;
using System.Text.Json;
using Gateway.Client.Topology;
using Gateway.Common.Ids;

namespace Gateway.HttpProxy.V3;

/// <summary>The brokers, and the replicas each of them has.</summary>
internal static class BrokerEndpoints
{
    internal static ValueTask ListAsync(V3Call call) => call.AnswerListAsync("KafkaBrokerList", call.Url("brokers"), call.Cluster.Brokers, Write);

    internal static ValueTask GetAsync(V3Call call)
    {
        int id = call.BrokerId();
        return call.AnswerAsync(KeyValuePair.Create(id, call.Cluster.Brokers[id]), Write);
    }

    internal static async ValueTask ReplicasAsync(V3Call call)
    {
        int id = call.BrokerId();
        IReadOnlyList<TopicView> topics = await call.Client.Admin.ListTopicsAsync(call.Cancel).ConfigureAwait(false);
        var replicas = topics.SelectMany(static topic => topic.Partitions.Select(partition => (Topic: topic, Partition: partition)))
            .Where(place => place.Partition.Replicas.Contains(id))
            .Select(place => new Replica(place.Topic.Name, place.Partition, id));
        string self = call.Url("brokers", id.ToString(CultureInfo.InvariantCulture), "partition-replicas");
        await call.AnswerListAsync("KafkaReplicaList", self, replicas, PartitionEndpoints.Write).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, V3Call call, KeyValuePair<int, HostAndPort> broker)
    {
        string id = broker.Key.ToString(CultureInfo.InvariantCulture);
        json.WriteHead("KafkaBroker", call.Url("brokers", id), call.ResourceName($"broker={id}"), call.ClusterId);
        json.WriteNumber("broker_id", broker.Key);
        json.WriteString("host", broker.Value.Host);
        json.WriteNumber("port", broker.Value.Port);
        json.WriteNull("rack");
        json.WriteRelated("configs", call.Url("brokers", id, "configs"));
        json.WriteRelated("partition_replicas", call.Url("brokers", id, "partition-replicas"));
        json.WriteEndObject();
    }
}
