using System.Text.Json;
using Gateway.Client.Fetching;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Streams;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>
/// Reading without any state here (http-proxy §9.2): the answer is <c>{"data": […], "next": {…}}</c>, and the members of <c>next</c> stand in the
/// next request as they are.
/// </summary>
internal static class FetchEndpoints
{
    /// <summary>The parameters of a read of one partition.</summary>
    internal static readonly IReadOnlyList<string> Parameters = ["offset", "timestamp", "max_records", "max_bytes", "wait", "format", "bigint", "isolation"];

    /// <summary>One partition, by parameters.</summary>
    internal static async ValueTask OfPartitionAsync(V3Call call)
    {
        (TopicView topic, PartitionView partition) = await call.PartitionAsync().ConfigureAwait(false);
        IQueryCollection query = call.Http.Context.Request.Query;
        FetchPoint point = call.Http.QueryTime("timestamp") is { } timestamp
            ? new FetchPoint(partition.Index, -1, timestamp)
            : FetchBody.PointOf(partition.Index, query["offset"].ToString());
        TimeSpan wait = TimeSpan.FromMilliseconds(call.Http.QueryNumber("wait", 0, int.MaxValue) ?? 0);
        TimeSpan most = call.Http.Service.Options.MaxWait;
        var request = new FetchBody(
            [point], call.Http.MaxBytes(), call.Http.QueryNumber("max_records", 1, long.MaxValue) ?? long.MaxValue, wait < most ? wait : most,
            StreamQuery.FormatOf(query["format"].ToString()), call.Http.Isolation());
        await AnswerAsync(call, topic, request, static (json, next) => json.WriteNumber("offset"u8, next.Single().Value)).ConfigureAwait(false);
    }

    /// <summary>Several partitions, by a body.</summary>
    internal static async ValueTask OfTopicAsync(V3Call call)
    {
        TopicView topic = await call.TopicAsync().ConfigureAwait(false);
        using JsonDocument body = await call.BodyAsync().ConfigureAwait(false);
        FetchBody request = FetchBody.Read(body.RootElement, call.Http.Service.Options);
        if (request.Points.Any(point => point.Partition >= topic.Partitions.Length)) throw V3Call.UnknownTopicOrPartition();
        await AnswerAsync(call, topic, request, static (json, next) =>
        {
            json.WriteStartArray("partitions"u8);
            foreach ((int partition, long offset) in next)
            {
                json.WriteStartObject();
                json.WriteNumber("id"u8, partition);
                json.WriteNumber("offset"u8, offset);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }).ConfigureAwait(false);
    }

    private static async ValueTask AnswerAsync(
        V3Call call, TopicView topic, FetchBody request, Action<Utf8JsonWriter, IReadOnlyDictionary<int, long>> writeNext)
    {
        using var reads = new PartitionReads(call.Http, topic, await FindAsync(call, topic, request).ConfigureAwait(false));
        await reads.ReadAsync(request).ConfigureAwait(false);
        call.Http.Timed("read");
        await RecordAnswer.WriteAsync(call.Http, MediaTypes.Json, request.Format, reads.Ranges, json =>
        {
            json.WriteStartObject("next"u8);
            writeNext(json, reads.Next);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async ValueTask<SortedDictionary<int, long>> FindAsync(V3Call call, TopicView topic, FetchBody request)
    {
        var offsets = new SortedDictionary<int, long>(request.Points.ToDictionary(point => point.Partition, point => point.Offset));
        var unknown = request.Points.Where(static point => point.Offset < 0)
            .ToDictionary(point => new TopicPartition(topic.Name, point.Partition), static point => point.Timestamp);
        if (unknown.Count == 0) return offsets;
        IReadOnlyDictionary<TopicPartition, FoundOffset> ends =
            await call.Client.OffsetLookup.FindAsync(unknown, call.Cancel, request.Isolation).ConfigureAwait(false);
        foreach ((TopicPartition partition, FoundOffset found) in ends)
        {
            long offset = found.Offset;
            // No record is that young: the next one will be.
            if (found.Error == ErrorCode.None && offset < 0)
                (_, offset) = await Topics.PartitionEnds.FindEndsAsync(call.Http, partition, request.Isolation).ConfigureAwait(false);
            if (found.Error != ErrorCode.None)
                throw new ProblemException(KafkaProblems.Of(found.Error, $"Partition {partition}: {found.Error.KafkaName()}"));
            offsets[partition.Partition] = offset;
        }
        return offsets;
    }
}
