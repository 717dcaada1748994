using System.Globalization;
using System.Text.Json;
using Gateway.Client.Topology;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Topics;

namespace Gateway.HttpProxy.V3;

/// <summary>A replica of a partition on a broker.</summary>
internal sealed record Replica(string Topic, PartitionView Partition, int Broker);

/// <summary>Partitions, the ends of their logs, their replicas, and replicas on the move, of which there are none yet.</summary>
internal static class PartitionEndpoints
{
    private const string BothEnds = "earliest_and_latest";

    internal static async ValueTask ListAsync(V3Call call)
    {
        TopicView topic = await call.TopicAsync().ConfigureAwait(false);
        await call.AnswerListAsync(
            "KafkaPartitionList",
            call.Url("topics", topic.Name, "partitions"),
            topic.Partitions.Select(partition => (topic, partition)),
            Write).ConfigureAwait(false);
    }

    internal static async ValueTask GetAsync(V3Call call) => await call.AnswerAsync(await call.PartitionAsync().ConfigureAwait(false), Write).ConfigureAwait(false);

    internal static async ValueTask OffsetAsync(V3Call call)
    {
        string type = (string?)call.Http.Context.Request.Query["offset_type"] ?? BothEnds;
        if (type != BothEnds) throw new ProblemException(Problem.BadRequest, $"offset_type must be {BothEnds}, not '{type}'.");
        (TopicView topic, PartitionView view) = await call.PartitionAsync().ConfigureAwait(false);
        var partition = new TopicPartition(topic.Name, view.Index);
        (long earliest, long latest) = await call.Http.FindEndsAsync(partition).ConfigureAwait(false);
        await call.AnswerAsync((partition, Earliest: earliest, Latest: latest), static (json, call, ends) =>
        {
            (string topic, string index) = (ends.partition.Topic, Text(ends.partition.Partition));
            json.WriteHead(
                "KafkaPartitionOffset", call.Url("topics", topic, "partitions", index, "offset"),
                call.ResourceName($"topic={topic}/partition={index}/offset"), call.ClusterId);
            json.WriteString("topic_name", topic);
            json.WriteNumber("partition_id", ends.partition.Partition);
            json.WriteNumber("earliest_offset", ends.Earliest);
            json.WriteNumber("latest_offset", ends.Latest);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    internal static async ValueTask ReplicasAsync(V3Call call)
    {
        (TopicView topic, PartitionView partition) = await call.PartitionAsync().ConfigureAwait(false);
        await call.AnswerListAsync(
            "KafkaReplicaList",
            call.Url("topics", topic.Name, "partitions", Text(partition.Index), "replicas"),
            partition.Replicas.Select(broker => new Replica(topic.Name, partition, broker)),
            Write).ConfigureAwait(false);
    }

    internal static async ValueTask ReplicaAsync(V3Call call)
    {
        (TopicView topic, PartitionView partition) = await call.PartitionAsync().ConfigureAwait(false);
        int broker = call.BrokerId();
        if (!partition.Replicas.Contains(broker)) throw new ProblemException(Problem.NotFound, $"Broker {broker} has no replica of {topic.Name}-{partition.Index}.");
        await call.AnswerAsync(new Replica(topic.Name, partition, broker), Write).ConfigureAwait(false);
    }

    // One node: no replica is ever on its way to another.
    internal static ValueTask ReassignmentsAsync(V3Call call) => NoReassignmentsAsync(call, call.Url("topics", "-", "partitions", "-", "reassignment"));

    internal static async ValueTask ReassignmentsOfTopicAsync(V3Call call)
    {
        TopicView topic = await call.TopicAsync().ConfigureAwait(false);
        await NoReassignmentsAsync(call, call.Url("topics", topic.Name, "partitions", "-", "reassignment")).ConfigureAwait(false);
    }

    internal static async ValueTask ReassignmentAsync(V3Call call)
    {
        (TopicView topic, PartitionView partition) = await call.PartitionAsync().ConfigureAwait(false);
        throw new ProblemException(Problem.NotFound, $"No replica of {topic.Name}-{partition.Index} is being moved.");
    }

    internal static void Write(Utf8JsonWriter json, V3Call call, Replica replica)
    {
        (string index, string broker) = (Text(replica.Partition.Index), Text(replica.Broker));
        json.WriteHead(
            "KafkaReplica", call.Url("topics", replica.Topic, "partitions", index, "replicas", broker),
            call.ResourceName($"topic={replica.Topic}/partition={index}/replica={broker}"), call.ClusterId);
        json.WriteString("topic_name", replica.Topic);
        json.WriteNumber("partition_id", replica.Partition.Index);
        json.WriteNumber("broker_id", replica.Broker);
        json.WriteBoolean("is_leader", replica.Partition.Leader == replica.Broker);
        json.WriteBoolean("is_in_sync", replica.Partition.InSync.Contains(replica.Broker));
        json.WriteRelated("broker", call.Url("brokers", broker));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, V3Call call, (TopicView Topic, PartitionView Partition) place)
    {
        (string topic, string index) = (place.Topic.Name, Text(place.Partition.Index));
        json.WriteHead(
            "KafkaPartition", call.Url("topics", topic, "partitions", index), call.ResourceName($"topic={topic}/partition={index}"), call.ClusterId);
        json.WriteString("topic_name", topic);
        json.WriteNumber("partition_id", place.Partition.Index);
        if (place.Partition.Leader >= 0)
            json.WriteRelated("leader", call.Url("topics", topic, "partitions", index, "replicas", Text(place.Partition.Leader)));
        json.WriteRelated("replicas", call.Url("topics", topic, "partitions", index, "replicas"));
        json.WriteRelated("reassignment", call.Url("topics", topic, "partitions", index, "reassignment"));
        json.WriteEndObject();
    }

    private static ValueTask NoReassignmentsAsync(V3Call call, string self) =>
        call.AnswerListAsync("KafkaReassignmentList", self, Array.Empty<int>(), static (_, _, _) => { });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
