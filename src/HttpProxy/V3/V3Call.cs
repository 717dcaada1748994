using System.Globalization;
using System.Text.Json;
using Gateway.Client;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.V3;

/// <summary>A request of the v3 dialect within a cluster: what its path names, and answers as resources and lists of them.</summary>
/// <remarks>
/// A resource is <c>{"kind", "metadata": {"self", "resource_name"}, …}</c>, a list
/// <c>{"kind", "metadata": {"self", "next"}, "data": […]}</c>; relations are <c>{"related": URL}</c>. Nothing is paged: <c>next</c> is null.
/// </remarks>
internal sealed class V3Call
{
    private readonly string _root;

    private V3Call(ProxyCall call, ClusterView cluster)
    {
        Http = call;
        Cluster = cluster;
        string prefix = call.Context.Request.Path.StartsWithSegments("/kafka") ? "/kafka/v3/clusters" : "/v3/clusters";
        _root = call.BaseUrl() + prefix;
    }

    internal ProxyCall Http { get; }

    internal KafkaClient Client => Http.Service.Client;

    internal CancellationToken Cancel => Http.Cancel;

    internal ClusterView Cluster { get; }

    internal string ClusterId => Cluster.ClusterId ?? "";

    /// <summary>The request within the cluster of its path, or, with none in the path, within the one there is.</summary>
    /// <exception cref="ProblemException">There is no such cluster (404), or the client takes no JSON (406).</exception>
    /// <param name="call">The request.</param>
    /// <param name="isJson">Whether it is answered in JSON.</param>
    internal static async ValueTask<V3Call> OpenAsync(ProxyCall call, bool isJson = true)
    {
        if (isJson) MediaTypes.RequireJsonAcceptable(call.Context.Request);
        ClusterView cluster = await call.Service.Client.Admin.DescribeClusterAsync(call.Cancel).ConfigureAwait(false);
        string asked = call.Name("cluster");
        return asked.Length == 0 || asked == cluster.ClusterId
            ? new V3Call(call, cluster)
            : throw new ProblemException(Problem.NotFound, $"Cluster '{asked}' cannot be found; this one is '{cluster.ClusterId}'.");
    }

    /// <summary>The URL of something in the cluster.</summary>
    internal string Url(params ReadOnlySpan<string> segments)
    {
        var url = new System.Text.StringBuilder(_root).Append('/').Append(Uri.EscapeDataString(ClusterId));
        foreach (string segment in segments) url.Append('/').Append(Uri.EscapeDataString(segment));
        return url.ToString();
    }

    /// <summary>The resource name of something in the cluster.</summary>
    internal string ResourceName(string within = "") => within.Length == 0 ? $"crn:///kafka={ClusterId}" : $"crn:///kafka={ClusterId}/{within}";

    /// <summary>The broker in the path.</summary>
    /// <exception cref="ProblemException">There is none: 404.</exception>
    internal int BrokerId()
    {
        string text = Http.Name("broker");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Cluster.Brokers.ContainsKey(id)
            ? id
            : throw new ProblemException(Problem.NotFound, $"Broker '{text}' cannot be found.");
    }

    /// <summary>The topic in the path, fresh.</summary>
    /// <exception cref="ProblemException">There is none: 40403, as anything unknown of topics and partitions in this dialect.</exception>
    internal async ValueTask<TopicView> TopicAsync()
    {
        try
        {
            return await Client.Admin.DescribeTopicAsync(Http.Name("topic"), Cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException failure) when (failure.Code is ErrorCode.UnknownTopicOrPartition or ErrorCode.InvalidTopicException)
        {
            throw UnknownTopicOrPartition();
        }
    }

    /// <summary>The partition in the path.</summary>
    /// <exception cref="ProblemException">There is none: 40403.</exception>
    internal async ValueTask<(TopicView Topic, PartitionView Partition)> PartitionAsync()
    {
        int index = Http.Partition();
        TopicView topic = await TopicAsync().ConfigureAwait(false);
        return index >= 0 && index < topic.Partitions.Length ? (topic, topic.Partitions[index]) : throw UnknownTopicOrPartition();
    }

    /// <summary>The topic and partition in the path, whether or not they exist.</summary>
    internal TopicPartition PartitionName() => new(Http.Name("topic"), Http.Partition());

    internal static ProblemException UnknownTopicOrPartition() =>
        new(Problem.ConsumerNotFound, "This server does not host this topic-partition.");

    /// <summary>The body as a JSON object. Dispose it.</summary>
    /// <exception cref="ProblemException">There is none, or it is something else: 400.</exception>
    /// <param name="around">Its levels around keys and values; 0 for a command without any.</param>
    internal async ValueTask<JsonDocument> BodyAsync(int around = 0)
    {
        MediaTypes.RequireJson(Http.Context.Request);
        try
        {
            return await Http.ReadObjectAsync(around, MediaTypes.IsLatin1(Http.Context.Request)).ConfigureAwait(false)
                ?? throw Refused("the body is missing; send a JSON object");
        }
        catch (ProblemException failure) when (failure.Problem.Code == Problem.Unreadable)
        {
            throw new ProblemException(Problem.BadRequest, failure.Message);
        }
    }

    internal static ProblemException Refused(string why) => new(Problem.BadRequest, $"Invalid request: {why}.");

    /// <summary>Answers with one resource.</summary>
    internal ValueTask AnswerAsync<T>(T item, Action<Utf8JsonWriter, V3Call, T> write) =>
        Http.AnswerAsync(MediaTypes.Json, (Call: this, Item: item, Write: write), static (json, state) => state.Write(json, state.Call, state.Item));

    /// <summary>Answers with a list of resources.</summary>
    internal ValueTask AnswerListAsync<T>(string kind, string self, IEnumerable<T> items, Action<Utf8JsonWriter, V3Call, T> write) =>
        Http.AnswerAsync(MediaTypes.Json, (Call: this, kind, self, items, Write: write), static (json, list) =>
        {
            json.WriteStartObject();
            json.WriteString("kind", list.kind);
            json.WriteStartObject("metadata");
            json.WriteString("self", list.self);
            json.WriteNull("next");
            json.WriteEndObject();
            json.WriteStartArray("data");
            foreach (T item in list.items) list.Write(json, list.Call, item);
            json.WriteEndArray();
            json.WriteEndObject();
        });
}
