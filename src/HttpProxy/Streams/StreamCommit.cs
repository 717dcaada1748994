using System.Text.Json;
using Gateway.Client.Consuming;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Consumers;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.V3;

namespace Gateway.HttpProxy.Streams;

/// <summary>Commits what lies in front of a cursor, for the group that streams read for: <c>{"group": …, "cursor": …}</c>.</summary>
internal static class StreamCommit
{
    internal static ValueTask OfTopicAsync(ProxyCall call) => CommitAsync(call, () => StreamEndpoints.FindTopicAsync(call));

    internal static ValueTask OfTopicAsync(V3Call call) => CommitAsync(call.Http, call.TopicAsync);

    /// <summary>Refuses where one of several commits was.</summary>
    /// <exception cref="ProblemException">It was.</exception>
    internal static void Require(IReadOnlyDictionary<TopicPartition, ErrorCode> results)
    {
        foreach ((TopicPartition partition, ErrorCode error) in results)
        {
            if (error != ErrorCode.None)
                throw new ProblemException(KafkaProblems.Of(error, $"Offset of {partition} was not committed: {error.KafkaName()}"));
        }
    }

    private static async ValueTask CommitAsync(ProxyCall call, Func<ValueTask<TopicView>> findTopic)
    {
        using JsonDocument? body = await call.CommandAsync().ConfigureAwait(false);
        string group = Text(body, "group");
        VisibleName.Require("group", group);
        StreamCursor cursor = StreamCursor.Read(Text(body, "cursor"));
        TopicView topic = await findTopic().ConfigureAwait(false);
        StreamStart.RequireTopic(cursor, topic);
        IReadOnlyList<StreamMembership> members = call.Service.Memberships.Of(group, topic.Id);
        if (members.Count == 0)
        {
            await CommitFromOutsideAsync(call, group, topic, cursor).ConfigureAwait(false);
        }
        else
        {
            var left = cursor.Offsets.Keys.ToHashSet();
            foreach (StreamMembership member in members) left.ExceptWith(await member.CommitAsync(cursor, call.Cancel).ConfigureAwait(false));
            RequireAll(left);
        }
        call.AnswerNothing();
    }

    /// <summary>Refuses where partitions of a cursor are none of this proxy's members any more.</summary>
    /// <exception cref="ProblemException">There are: 40903.</exception>
    internal static void RequireAll(IReadOnlyCollection<int> left)
    {
        if (left.Count > 0)
            throw new ProblemException(Problem.IllegalState, $"Partitions {string.Join(", ", left.Order())} went to another member of the group; what others have was committed.");
    }

    /// <summary>Which the group takes as long as it has no members.</summary>
    private static async ValueTask CommitFromOutsideAsync(ProxyCall call, string group, TopicView topic, StreamCursor cursor)
    {
        await using GroupConsumer outsider = call.Service.Client.CreateConsumer(new ConsumerOptions { Group = group });
        var commit = cursor.Offsets.ToDictionary(at => new TopicPartition(topic.Name, at.Key), static at => new CommittedOffset(at.Value, ""));
        Require(await outsider.CommitAsync(commit, call.Cancel).ConfigureAwait(false));
    }

    private static string Text(JsonDocument? body, string name) =>
        body is not null && body.RootElement.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } found
            ? found
            : throw CommandBody.Refused($"{name} must be there, as a string");
}
