using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>What an instance reads: topics shared out within its group, or partitions assigned by hand.</summary>
internal static class SubscriptionEndpoints
{
    internal static async ValueTask SubscribeAsync(ProxyCall call)
    {
        using JsonDocument? body = await call.CommandAsync().ConfigureAwait(false);
        List<string>? topics = CommandBody.Strings(body, "topics");
        string? pattern = body is not null && body.RootElement.TryGetProperty("topic_pattern", out JsonElement text)
            && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        await InstanceCall.WithAsync(call, async (instance, _) =>
        {
            if (topics is not null && pattern is not null)
                throw new ProblemException(Problem.IllegalState, "Subscription to topics and to a pattern exclude each other.");
            if (instance.Consumer.IsAssignedByHand)
                throw new ProblemException(Problem.IllegalState, "Partitions are assigned by hand; a subscription excludes that.");
            if (pattern is null && topics is null or { Count: 0 }) throw CommandBody.Refused("topics or topic_pattern must be there");
            await call.Service.Consumers.Keeping.ChangeAsync(instance, async state =>
            {
                if (pattern is not null) await instance.Consumer.SubscribeAsync(Compile(pattern)).ConfigureAwait(false);
                else await instance.Consumer.SubscribeAsync(topics!).ConfigureAwait(false);
                return pattern is not null ? state.WithPattern(pattern) : state.WithTopics(topics!);
            }).ConfigureAwait(false);
        }).ConfigureAwait(false);
        call.AnswerNothing();
    }

    internal static ValueTask ShowAsync(ProxyCall call) => InstanceCall.WithAsync(call, (instance, _) =>
        call.AnswerAsync(Topics(instance), static (json, topics) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("topics");
            foreach (string topic in topics) json.WriteStringValue(topic);
            json.WriteEndArray();
            json.WriteEndObject();
        }));

    internal static async ValueTask UnsubscribeAsync(ProxyCall call)
    {
        await InstanceCall.WithAsync(call, (instance, _) => call.Service.Consumers.Keeping.ChangeAsync(instance, async state =>
        {
            await instance.Consumer.UnsubscribeAsync().ConfigureAwait(false);
            return state.WithNothing();
        })).ConfigureAwait(false);
        call.AnswerNothing();
    }

    internal static async ValueTask AssignAsync(ProxyCall call)
    {
        using JsonDocument? body = await call.CommandAsync().ConfigureAwait(false);
        List<TopicPartition> partitions = CommandBody.Partitions(body, "partitions")
            ?? throw CommandBody.Refused("partitions must be there");
        await InstanceCall.WithAsync(call, (instance, _) =>
        {
            if (instance.Consumer.IsSubscribed)
                throw new ProblemException(Problem.IllegalState, "The consumer is subscribed; an assignment by hand excludes that.");
            return call.Service.Consumers.Keeping.ChangeAsync(instance, state =>
            {
                instance.Consumer.Assign(partitions);
                return new(state.WithPartitions(partitions));
            });
        }).ConfigureAwait(false);
        call.AnswerNothing();
    }

    internal static ValueTask AssignmentsAsync(ProxyCall call) => InstanceCall.WithAsync(call, async (instance, cancel) =>
    {
        await InstanceCall.WaitForAssignmentAsync(call, instance, cancel).ConfigureAwait(false);
        await call.AnswerAsync(instance.Consumer.Assignment, static (json, partitions) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("partitions");
            foreach (TopicPartition partition in partitions)
            {
                json.WriteStartObject();
                json.WriteString("topic", partition.Topic);
                json.WriteNumber("partition", partition.Partition);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    });

    private static IReadOnlyList<string> Topics(ConsumerInstance instance) =>
        instance.Consumer.Subscription is { Count: > 0 } names
            ? names
            : [.. instance.Consumer.Assignment.Select(static partition => partition.Topic).Distinct()];

    /// <summary>The pattern must match a whole name. Patterns that could run away (back references and the like) are refused.</summary>
    internal static Regex Compile(string pattern)
    {
        try
        {
            return new Regex($"^(?:{pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            throw CommandBody.Refused($"topic_pattern cannot be used: {failure.Message}");
        }
    }
}
