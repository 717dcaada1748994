using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Client.Admin;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.V3.Groups;

/// <summary>Consumer groups.</summary>
internal static class GroupEndpoints
{
    internal static async ValueTask ListAsync(V3Call call)
    {
        var groups = new List<(GroupDescription, int)>();
        foreach (GroupListing listed in await call.Client.Groups.ListAsync(call.Cancel).ConfigureAwait(false))
        {
            GroupDescription group = await call.Client.Groups.DescribeAsync(listed.Group, call.Cancel).ConfigureAwait(false);
            // One that went away since it was listed is not there.
            if (!IsUnknown(group)) groups.Add((group, await CoordinatorAsync(call, listed.Group).ConfigureAwait(false)));
        }
        await call.AnswerListAsync("KafkaConsumerGroupList", call.Url("consumer-groups"), groups, Write).ConfigureAwait(false);
    }

    internal static async ValueTask GetAsync(V3Call call)
    {
        GroupDescription group = await FindAsync(call).ConfigureAwait(false);
        int coordinator = await CoordinatorAsync(call, group.Group).ConfigureAwait(false);
        await call.AnswerAsync((group, coordinator), Write).ConfigureAwait(false);
    }

    /// <summary>The group in the path.</summary>
    /// <exception cref="ProblemException">There is none: 40405.</exception>
    internal static async ValueTask<GroupDescription> FindAsync(V3Call call)
    {
        string name = call.Http.Name("group");
        GroupDescription group = await call.Client.Groups.DescribeAsync(name, call.Cancel).ConfigureAwait(false);
        if (IsUnknown(group)) throw new ProblemException(Problem.ConsumerGroupNotFound, $"Consumer group '{name}' cannot be found.");
        return group.Error == ErrorCode.None ? group : throw new ProblemException(KafkaProblems.Of(group.Error, $"Consumer group '{name}': {group.Error.KafkaName()}"));
    }

    // A coordinator describes a group it has never heard of as dead; newer ones say so.
    private static bool IsUnknown(GroupDescription group) => group.Error == ErrorCode.GroupIdNotFound || (group.Error == ErrorCode.None && group.State == "Dead");

    private static ValueTask<int> CoordinatorAsync(V3Call call, string group) => call.Client.Groups.CoordinatorOfAsync(group, call.Cluster, call.Cancel);

    private static void Write(Utf8JsonWriter json, V3Call call, (GroupDescription Group, int Coordinator) item)
    {
        GroupDescription group = item.Group;
        json.WriteHead(
            "KafkaConsumerGroup", call.Url("consumer-groups", group.Group), call.ResourceName($"consumer-group={group.Group}"), call.ClusterId);
        json.WriteString("consumer_group_id", group.Group);
        json.WriteBoolean("is_simple", group.ProtocolType.Length == 0);
        json.WriteString("partition_assignor", group.Protocol);
        json.WriteString("state", UpperSnake(group.State));
        json.WriteString("type", "CLASSIC");
        json.WriteBoolean("is_mixed_consumer_group", false);
        if (item.Coordinator >= 0) json.WriteRelated("coordinator", call.Url("brokers", item.Coordinator.ToString(CultureInfo.InvariantCulture)));
        json.WriteRelated("consumers", call.Url("consumer-groups", group.Group, "consumers"));
        json.WriteRelated("lag_summary", call.Url("consumer-groups", group.Group, "lag-summary"));
        json.WriteEndObject();
    }

    /// <summary>PreparingRebalance → PREPARING_REBALANCE.</summary>
    private static string UpperSnake(string words)
    {
        var name = new StringBuilder(words.Length + 4);
        foreach (char letter in words)
        {
            if (char.IsUpper(letter) && name.Length > 0) name.Append('_');
            name.Append(char.ToUpperInvariant(letter));
        }
        return name.ToString();
    }
}
