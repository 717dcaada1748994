using System.Globalization;
using System.Text.Json;
using Gateway.Client.Consuming;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>Offsets of an instance's group: committed and asked for.</summary>
internal static class OffsetEndpoints
{
    internal static async ValueTask CommitAsync(ProxyCall call)
    {
        using JsonDocument? body = await call.CommandAsync().ConfigureAwait(false);
        // Proxies disagree on what an offset in a commit means; the key of the list tells their clients apart.
        List<(TopicPartition Partition, long Offset, string Metadata)>? consumed = CommandBody.Offsets(body, "offsets");
        List<(TopicPartition Partition, long Offset, string Metadata)>? positions = CommandBody.Offsets(body, "partitions");
        if (consumed is not null && positions is not null) throw CommandBody.Refused("offsets and partitions do not go together");
        await InstanceCall.WithAsync(call, async (instance, cancel) =>
        {
            await instance.Committing.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                IReadOnlyDictionary<TopicPartition, ErrorCode> results = (consumed ?? positions) is { } offsets
                    ? await instance.Consumer.CommitAsync(ToCommit(offsets, IsOfConsumed(instance.CommitMeaning, consumed is not null)), cancel).ConfigureAwait(false)
                    : await instance.Consumer.CommitAsync(cancel).ConfigureAwait(false);
                foreach ((TopicPartition partition, ErrorCode error) in results)
                {
                    if (error != ErrorCode.None)
                        throw new ProblemException(KafkaProblems.Of(error, $"Offset of {partition} was not committed: {error.KafkaName()}"));
                }
            }
            finally
            {
                instance.Committing.Release();
            }
        }).ConfigureAwait(false);
        call.AnswerNothing();
    }

    internal static async ValueTask CommittedAsync(ProxyCall call)
    {
        List<TopicPartition> partitions = await AskedAsync(call).ConfigureAwait(false);
        await InstanceCall.WithAsync(call, async (instance, cancel) =>
        {
            IReadOnlyDictionary<TopicPartition, CommittedOffset> committed =
                await instance.Consumer.CommittedAsync(partitions, cancel).ConfigureAwait(false);
            await call.AnswerAsync((partitions, committed), Write).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Whether offsets are of records consumed, and not positions to read from.</summary>
    private static bool IsOfConsumed(CommitMeaning meaning, bool byBody) => meaning switch
    {
        CommitMeaning.Position => false,
        CommitMeaning.LastConsumed => true,
        _ => byBody,
    };

    private static Dictionary<TopicPartition, CommittedOffset> ToCommit(List<(TopicPartition Partition, long Offset, string Metadata)> offsets, bool areOfConsumed)
    {
        var commit = new Dictionary<TopicPartition, CommittedOffset>();
        foreach ((TopicPartition partition, long offset, string metadata) in offsets)
            commit[partition] = new CommittedOffset(areOfConsumed ? offset + 1 : offset, metadata);
        return commit;
    }

    /// <summary>
    /// The partitions asked about: from the body, or from the query, since many clients and proxies drop the body of a GET.
    /// </summary>
    private static async ValueTask<List<TopicPartition>> AskedAsync(ProxyCall call)
    {
        IQueryCollection query = call.Context.Request.Query;
        if (query.TryGetValue("topic", out Microsoft.Extensions.Primitives.StringValues topic))
        {
            return int.TryParse(query["partition"], NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
                ? [new TopicPartition(topic.ToString(), partition)]
                : throw new ProblemException(Problem.InvalidParameter, "Parameter partition must be a number, not negative.");
        }
        using JsonDocument? body = await call.CommandAsync().ConfigureAwait(false);
        return CommandBody.Partitions(body, "partitions")
            ?? throw CommandBody.Refused("partitions must be there, or topic and partition as parameters");
    }

    private static void Write(
        Utf8JsonWriter json, (List<TopicPartition> Partitions, IReadOnlyDictionary<TopicPartition, CommittedOffset> Committed) answer)
    {
        json.WriteStartObject();
        json.WriteStartArray("offsets");
        foreach (TopicPartition partition in answer.Partitions)
        {
            if (!answer.Committed.TryGetValue(partition, out CommittedOffset offset)) continue;
            json.WriteStartObject();
            json.WriteString("topic", partition.Topic);
            json.WriteNumber("partition", partition.Partition);
            json.WriteNumber("offset", offset.Offset);
            json.WriteString("metadata", offset.Metadata);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
