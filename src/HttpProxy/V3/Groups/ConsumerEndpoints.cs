using System.Globalization;
using System.Text.Json;
using Gateway.Client.Admin;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.V3.Groups;

/// <summary>The members of a consumer group, and the partitions each of them has.</summary>
internal static class ConsumerEndpoints
{
    internal static async ValueTask ListAsync(V3Call call)
    {
        GroupDescription group = await GroupEndpoints.FindAsync(call).ConfigureAwait(false);
        await call.AnswerListAsync(
            "KafkaConsumerList",
            call.Url("consumer-groups", group.Group, "consumers"),
            group.Members.Select(member => (group.Group, member)),
            Write).ConfigureAwait(false);
    }

    internal static async ValueTask GetAsync(V3Call call) => await call.AnswerAsync(await FindAsync(call).ConfigureAwait(false), Write).ConfigureAwait(false);

    internal static async ValueTask AssignmentsAsync(V3Call call)
    {
        (string group, GroupMember member) = await FindAsync(call).ConfigureAwait(false);
        await call.AnswerListAsync(
            "KafkaConsumerAssignmentList",
            call.Url("consumer-groups", group, "consumers", member.MemberId, "assignments"),
            member.Partitions.Select(partition => (group, member.MemberId, partition)),
            WriteAssignment).ConfigureAwait(false);
    }

    internal static async ValueTask AssignmentAsync(V3Call call)
    {
        (string group, GroupMember member) = await FindAsync(call).ConfigureAwait(false);
        TopicPartition partition = call.PartitionName();
        if (!member.Partitions.Contains(partition)) throw new ProblemException(Problem.NotFound, $"{partition} is not assigned to consumer '{member.MemberId}'.");
        await call.AnswerAsync((group, member.MemberId, partition), WriteAssignment).ConfigureAwait(false);
    }

    private static async ValueTask<(string Group, GroupMember Member)> FindAsync(V3Call call)
    {
        GroupDescription group = await GroupEndpoints.FindAsync(call).ConfigureAwait(false);
        string id = call.Http.Name("consumer");
        GroupMember member = group.Members.FirstOrDefault(member => member.MemberId == id)
            ?? throw new ProblemException(Problem.ConsumerNotFound, $"Consumer '{id}' is no member of group '{group.Group}'.");
        return (group.Group, member);
    }

    private static void Write(Utf8JsonWriter json, V3Call call, (string Group, GroupMember Member) item)
    {
        (string group, GroupMember member) = item;
        json.WriteHead(
            "KafkaConsumer", call.Url("consumer-groups", group, "consumers", member.MemberId),
            call.ResourceName($"consumer-group={group}/consumer={member.MemberId}"), call.ClusterId);
        json.WriteString("consumer_group_id", group);
        json.WriteString("consumer_id", member.MemberId);
        json.WriteString("instance_id", member.InstanceId);
        json.WriteString("client_id", member.ClientId);
        json.WriteRelated("assignments", call.Url("consumer-groups", group, "consumers", member.MemberId, "assignments"));
        json.WriteEndObject();
    }

    private static void WriteAssignment(Utf8JsonWriter json, V3Call call, (string Group, string Member, TopicPartition Partition) item)
    {
        (string topic, string index) = (item.Partition.Topic, item.Partition.Partition.ToString(CultureInfo.InvariantCulture));
        json.WriteHead(
            "KafkaConsumerAssignment",
            call.Url("consumer-groups", item.Group, "consumers", item.Member, "assignments", topic, "partitions", index),
            call.ResourceName($"consumer-group={item.Group}/consumer={item.Member}/assignment={topic}/partition={index}"),
            call.ClusterId);
        json.WriteString("consumer_group_id", item.Group);
        json.WriteString("consumer_id", item.Member);
        json.WriteString("topic_name", topic);
        json.WriteNumber("partition_id", item.Partition.Partition);
        json.WriteRelated("partition", call.Url("topics", topic, "partitions", index));
        json.WriteRelated("lag", call.Url("consumer-groups", item.Group, "lags", topic, "partitions", index));
        json.WriteEndObject();
    }
}
