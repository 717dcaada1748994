using System.Globalization;
using System.Text.Json;
using Gateway.Client.Admin;
using Gateway.Client.Consuming;
using Gateway.Client.Fetching;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.V3.Groups;

/// <summary>How far a group is behind in a partition it has committed an offset of.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Committed">The offset it will read next.</param>
/// <param name="End">The end of the log.</param>
/// <param name="Member">The member that has the partition now, if one has.</param>
internal sealed record PartitionLag(TopicPartition Partition, long Committed, long End, GroupMember? Member)
{
    /// <summary>Records not read yet. An offset beyond the end, of a log that was cut or made anew, lags by nothing.</summary>
    internal long Lag => Math.Max(0, End - Committed);
}

/// <summary>How far groups are behind, by partition and in sum.</summary>
internal static class LagEndpoints
{
    internal static async ValueTask ListAsync(V3Call call)
    {
        (string group, List<PartitionLag> lags) = await FindAsync(call).ConfigureAwait(false);
        await call.AnswerListAsync(
            "KafkaConsumerLagList", call.Url("consumer-groups", group, "lags"), lags.Select(lag => (group, lag)), Write).ConfigureAwait(false);
    }

    internal static async ValueTask GetAsync(V3Call call)
    {
        TopicPartition partition = call.PartitionName();
        (string group, List<PartitionLag> lags) = await FindAsync(call).ConfigureAwait(false);
        PartitionLag lag = lags.Find(lag => lag.Partition == partition)
            ?? throw new ProblemException(Problem.NotFound, $"Group '{group}' has committed no offset of {partition}.");
        await call.AnswerAsync((group, lag), Write).ConfigureAwait(false);
    }

    internal static async ValueTask SummaryAsync(V3Call call)
    {
        (string group, List<PartitionLag> lags) = await FindAsync(call).ConfigureAwait(false);
        PartitionLag most = lags.MaxBy(static lag => lag.Lag)
            ?? throw new ProblemException(Problem.NotFound, $"Group '{group}' has committed no offset yet, so its lag cannot be told.");
        await call.AnswerAsync((group, most, Total: lags.Sum(static lag => lag.Lag)), WriteSummary).ConfigureAwait(false);
    }

    private static async ValueTask<(string Group, List<PartitionLag> Lags)> FindAsync(V3Call call)
    {
        GroupDescription group = await GroupEndpoints.FindAsync(call).ConfigureAwait(false);
        IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = await call.Client.Groups.OffsetsAsync(group.Group, call.Cancel).ConfigureAwait(false);
        IReadOnlyDictionary<TopicPartition, FoundOffset> ends = await call.Client.OffsetLookup.FindAsync(
            committed.Keys.ToDictionary(static partition => partition, static _ => OffsetLookup.Latest), call.Cancel).ConfigureAwait(false);
        var owners = new Dictionary<TopicPartition, GroupMember>();
        foreach (GroupMember member in group.Members)
        {
            foreach (TopicPartition partition in member.Partitions) owners[partition] = member;
        }
        // Offsets of a topic that was deleted outlive it; nothing lags there.
        return (group.Group, [.. committed
            .Where(offset => ends.TryGetValue(offset.Key, out FoundOffset end) && end.Error == ErrorCode.None)
            .OrderBy(static offset => offset.Key.Topic, StringComparer.Ordinal).ThenBy(static offset => offset.Key.Partition)
            .Select(offset => new PartitionLag(offset.Key, offset.Value.Offset, ends[offset.Key].Offset, owners.GetValueOrDefault(offset.Key)))]);
    }

    private static void Write(Utf8JsonWriter json, V3Call call, (string Group, PartitionLag Lag) item)
    {
        PartitionLag lag = item.Lag;
        (string topic, string index) = (lag.Partition.Topic, lag.Partition.Partition.ToString(CultureInfo.InvariantCulture));
        json.WriteHead(
            "KafkaConsumerLag", call.Url("consumer-groups", item.Group, "lags", topic, "partitions", index),
            call.ResourceName($"consumer-group={item.Group}/lag={topic}/partition={index}"), call.ClusterId);
        json.WriteString("consumer_group_id", item.Group);
        json.WriteString("topic_name", topic);
        json.WriteNumber("partition_id", lag.Partition.Partition);
        json.WriteNumber("current_offset", lag.Committed);
        json.WriteNumber("log_end_offset", lag.End);
        json.WriteNumber("lag", lag.Lag);
        json.WriteString("consumer_id", lag.Member?.MemberId ?? "");
        json.WriteString("instance_id", lag.Member?.InstanceId);
        json.WriteString("client_id", lag.Member?.ClientId ?? "");
        json.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter json, V3Call call, (string Group, PartitionLag Most, long Total) item)
    {
        (string group, PartitionLag most) = (item.Group, item.Most);
        string index = most.Partition.Partition.ToString(CultureInfo.InvariantCulture);
        json.WriteHead(
            "KafkaConsumerGroupLagSummary", call.Url("consumer-groups", group, "lag-summary"),
            call.ResourceName($"consumer-group={group}/lag-summary"), call.ClusterId);
        json.WriteString("consumer_group_id", group);
        json.WriteString("max_lag_consumer_id", most.Member?.MemberId ?? "");
        json.WriteString("max_lag_instance_id", most.Member?.InstanceId);
        json.WriteString("max_lag_client_id", most.Member?.ClientId ?? "");
        json.WriteString("max_lag_topic_name", most.Partition.Topic);
        json.WriteNumber("max_lag_partition_id", most.Partition.Partition);
        json.WriteNumber("max_lag", most.Lag);
        json.WriteNumber("total_lag", item.Total);
        json.WriteRelated("max_lag_consumer", call.Url("consumer-groups", group, "consumers", most.Member?.MemberId ?? ""));
        json.WriteRelated("max_lag_partition", call.Url("topics", most.Partition.Topic, "partitions", index));
        json.WriteEndObject();
    }
}
