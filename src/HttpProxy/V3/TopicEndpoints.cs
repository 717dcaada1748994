using System.Globalization;
using System.Text.Json;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Produce;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.V3;

/// <summary>Topics: listed, created, described, deleted.</summary>
internal static class TopicEndpoints
{
    internal static async ValueTask ListAsync(V3Call call)
    {
        IReadOnlyList<TopicView> topics = await call.Client.Admin.ListTopicsAsync(call.Cancel).ConfigureAwait(false);
        await call.AnswerListAsync("KafkaTopicList", call.Url("topics"), topics, Write).ConfigureAwait(false);
    }

    internal static async ValueTask GetAsync(V3Call call) => await call.AnswerAsync(await call.TopicAsync().ConfigureAwait(false), Write).ConfigureAwait(false);

    internal static async ValueTask CreateAsync(V3Call call)
    {
        (NewTopic wanted, bool validateOnly) = await ReadAsync(call).ConfigureAwait(false);
        try
        {
            CreatedTopic created = await call.Client.Admin.CreateTopicAsync(wanted, validateOnly, call.Cancel).ConfigureAwait(false);
            TopicView topic = validateOnly
                ? Planned(call, created)
                : await call.Client.Admin.DescribeTopicAsync(created.Name, call.Cancel).ConfigureAwait(false);
            if (!validateOnly)
            {
                call.Http.Context.Response.StatusCode = StatusCodes.Status201Created;
                call.Http.Context.Response.Headers.Location = call.Url("topics", created.Name);
            }
            await call.AnswerAsync(topic, Write).ConfigureAwait(false);
        }
        catch (KafkaErrorException failure) when (failure.Code == ErrorCode.TopicAlreadyExists)
        {
            throw new ProblemException(Problem.InvalidParameter, failure.Message);
        }
    }

    /// <summary>Adds partitions. Records stay where they are, so keys are spread anew from then on.</summary>
    internal static async ValueTask GrowAsync(V3Call call)
    {
        using JsonDocument body = await call.BodyAsync().ConfigureAwait(false);
        int partitions = body.RootElement.Number("partitions_count") ?? throw V3Call.Refused("partitions_count is missing; it is all that can be changed here");
        string topic = call.Http.Name("topic");
        ProduceSettings.RequireForeign(call.Http.Service.Options, topic);
        try
        {
            await call.Client.Admin.CreatePartitionsAsync(topic, partitions, cancel: call.Cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException failure) when (failure.Code is ErrorCode.UnknownTopicOrPartition or ErrorCode.InvalidTopicException)
        {
            throw V3Call.UnknownTopicOrPartition();
        }
        await call.AnswerAsync(await call.TopicAsync().ConfigureAwait(false), Write).ConfigureAwait(false);
    }

    /// <summary>Deletes a topic. Kafka's clients may delete the server's own as well; a request of HTTP, which any page or script can send, may not.</summary>
    internal static async ValueTask DeleteAsync(V3Call call)
    {
        TopicView topic = await call.TopicAsync().ConfigureAwait(false);
        ProduceSettings.RequireForeign(call.Http.Service.Options, topic.Name);
        if (topic.IsInternal) throw new ProblemException(Problem.InvalidParameter, $"Topic '{topic.Name}' is the broker's own.");
        await call.Client.Admin.DeleteTopicAsync(topic.Name, call.Cancel).ConfigureAwait(false);
        call.Http.AnswerNothing();
    }

    /// <summary>A topic that would be: every partition on the broker that was asked.</summary>
    private static TopicView Planned(V3Call call, CreatedTopic created)
    {
        int leader = call.Cluster.Brokers.Keys.First();
        return new TopicView(
            created.Name, created.Id, IsInternal: false,
            [.. Enumerable.Range(0, created.Partitions).Select(index => new PartitionView(index, leader, 0, [leader], [leader]))]);
    }

    private static async ValueTask<(NewTopic Topic, bool ValidateOnly)> ReadAsync(V3Call call)
    {
        using JsonDocument body = await call.BodyAsync().ConfigureAwait(false);
        JsonElement root = body.RootElement;
        if (root.Text("topic_name") is not { Length: > 0 } name) throw V3Call.Refused("topic_name is missing");
        int partitions = root.Number("partitions_count") ?? -1;
        int replicas = root.Number("replication_factor") ?? -1;
        if (root.Member("replicas_assignments") is { } assignments)
        {
            if (partitions >= 0 || replicas >= 0) throw V3Call.Refused("replicas_assignments says already what partitions_count and replication_factor would");
            (partitions, replicas) = Counted(call, assignments);
        }
        var configs = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (JsonElement config in root.Items("configs"))
        {
            if (config.Text("name") is not { } setting) throw V3Call.Refused("each of configs needs a name");
            if (!configs.TryAdd(setting, config.Text("value"))) throw V3Call.Refused($"{setting} stands in configs twice");
        }
        if (replicas > short.MaxValue) throw V3Call.Refused("replication_factor is too large");
        return (new NewTopic(name, partitions, (short)replicas, configs), root.Flag("validate_only"));
    }

    /// <summary>How many partitions and replicas an assignment by hand asks for, if the brokers it names are those there are.</summary>
    private static (int Partitions, int Replicas) Counted(V3Call call, JsonElement assignments)
    {
        if (assignments.ValueKind != JsonValueKind.Object) throw V3Call.Refused("replicas_assignments must be an object: brokers by partition");
        (int partitions, int replicas) = (0, 0);
        foreach (JsonProperty partition in assignments.EnumerateObject())
        {
            if (!int.TryParse(partition.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _) || !assignments.TryGetProperty(partitions.ToString(CultureInfo.InvariantCulture), out _))
                throw V3Call.Refused("the partitions of replicas_assignments must be numbered from 0 without gaps");
            if (partition.Value.ValueKind != JsonValueKind.Array
                || !partition.Value.EnumerateArray().All(broker => broker.ValueKind == JsonValueKind.Number && broker.TryGetInt32(out int id) && call.Cluster.Brokers.ContainsKey(id)))
                throw V3Call.Refused($"the replicas of partition {partition.Name} must be ids of brokers: {string.Join(", ", call.Cluster.Brokers.Keys)}");
            int here = partition.Value.GetArrayLength();
            if (here == 0 || partition.Value.EnumerateArray().DistinctBy(static broker => broker.GetInt32()).Count() != here || (partitions > 0 && here != replicas))
                throw V3Call.Refused("every partition of replicas_assignments needs as many different brokers as the others");
            (partitions, replicas) = (partitions + 1, here);
        }
        return partitions > 0 ? (partitions, replicas) : throw V3Call.Refused("replicas_assignments is empty");
    }

    private static void Write(Utf8JsonWriter json, V3Call call, TopicView topic)
    {
        json.WriteHead("KafkaTopic", call.Url("topics", topic.Name), call.ResourceName($"topic={topic.Name}"), call.ClusterId);
        json.WriteString("topic_name", topic.Name);
        json.WriteBoolean("is_internal", topic.IsInternal);
        json.WriteNumber("replication_factor", topic.Partitions.Length == 0 ? 0 : topic.Partitions[0].Replicas.Length);
        json.WriteNumber("partitions_count", topic.Partitions.Length);
        json.WriteRelated("partitions", call.Url("topics", topic.Name, "partitions"));
        json.WriteRelated("configs", call.Url("topics", topic.Name, "configs"));
        json.WriteRelated("partition_reassignments", call.Url("topics", topic.Name, "partitions", "-", "reassignment"));
        // Nobody is authorised, or refused, anything yet.
        json.WriteStartArray("authorized_operations");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
