using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gateway.Client.Connections;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Topology;

/// <summary>What is known of topics and brokers, asked for when first needed, when old and when a broker says it is wrong.</summary>
/// <remarks>
/// Thread-safe. Only topics that exist are kept, so the cache is bounded by the cluster. Callers who miss the same topic share
/// one request.
/// </remarks>
internal sealed class MetadataCache(BrokerLinks links, ClientOptions options)
{
    private readonly record struct Known(TopicView Topic, long At);

    private readonly ConcurrentDictionary<string, Known> _topics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Topic, bool Create), Lazy<Task<TopicAnswer>>> _asking = new();
    private ClusterView _cluster = ClusterView.Empty;

    /// <summary>The brokers as last told.</summary>
    internal ClusterView Cluster => Volatile.Read(ref _cluster);

    /// <summary>The topic as it was told lately; null when it was not.</summary>
    internal TopicView? Lately(string name) =>
        _topics.TryGetValue(name, out Known known) && options.Time.GetElapsedTime(known.At) < options.MetadataMaxAge ? known.Topic : null;

    /// <summary>The topic, or the error that metadata gives for it. With <paramref name="allowCreate"/> the broker may create it.</summary>
    internal async ValueTask<TopicAnswer> TopicAsync(string name, bool allowCreate, CancellationToken cancel)
    {
        if (Lately(name) is { } known) return new TopicAnswer(ErrorCode.None, known);
        Lazy<Task<TopicAnswer>> asking = _asking.GetOrAdd((name, allowCreate), static (key, cache) =>
            new Lazy<Task<TopicAnswer>>(() => cache.AskOneAsync(key.Topic, key.Create)), this);
        return await asking.Value.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The topic; when the broker may be creating it, as the first request for it asks, waits for that a while.</summary>
    internal async ValueTask<TopicAnswer> TopicOrNewAsync(string name, bool allowCreate, TimeSpan wait, CancellationToken cancel)
    {
        var pause = new RetryPause(options, wait);
        while (true)
        {
            TopicAnswer answer = await TopicAsync(name, allowCreate, cancel).ConfigureAwait(false);
            bool mayCome = answer.Error == ErrorCode.LeaderNotAvailable || (allowCreate && answer.Error == ErrorCode.UnknownTopicOrPartition);
            if (!mayCome || !await pause.WaitAsync(cancel).ConfigureAwait(false)) return answer;
        }
    }

    /// <summary>All topics of the cluster, fresh.</summary>
    internal async ValueTask<IReadOnlyList<TopicView>> AllTopicsAsync(CancellationToken cancel)
    {
        MetadataResponse answer = await AskAsync(null, allowCreate: false, cancel).ConfigureAwait(false);
        var topics = new List<TopicView>(answer.Topics.Count);
        foreach (MetadataResponse.MetadataResponseTopic topic in answer.Topics)
        {
            if (Take(topic).Topic is { } view) topics.Add(view);
        }
        topics.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return topics;
    }

    /// <summary>The brokers, fresh.</summary>
    internal async ValueTask<ClusterView> RefreshClusterAsync(CancellationToken cancel)
    {
        await AskAsync([], allowCreate: false, cancel).ConfigureAwait(false);
        return Cluster;
    }

    /// <summary>Forgets a topic, so that its next use asks again.</summary>
    internal void Forget(string topic) => _topics.TryRemove(topic, out _);

    /// <summary>The address of a partition's leader; null when there is none now.</summary>
    internal HostAndPort? LeaderOf(TopicView topic, int partition) =>
        Cluster.Brokers.TryGetValue(topic.Partitions[partition].Leader, out HostAndPort address) ? address : null;

    private async Task<TopicAnswer> AskOneAsync(string name, bool allowCreate)
    {
        try
        {
            MetadataResponse answer = await AskAsync([name], allowCreate, CancellationToken.None).ConfigureAwait(false);
            foreach (MetadataResponse.MetadataResponseTopic topic in answer.Topics)
            {
                if (topic.Name == name) return Take(topic);
            }
            return new TopicAnswer(ErrorCode.UnknownTopicOrPartition, null);
        }
        finally
        {
            _asking.TryRemove((name, allowCreate), out _);
        }
    }

    private async ValueTask<MetadataResponse> AskAsync(string[]? topics, bool allowCreate, CancellationToken cancel)
    {
        var pause = new RetryPause(options, options.ApiTimeout);
        while (true)
        {
            try
            {
                IBrokerLink link = await links.ToAnyAsync(cancel).ConfigureAwait(false);
                var request = new MetadataRequest
                {
                    Topics = topics?.Select(static name => new MetadataRequest.MetadataRequestTopic { Name = name }).ToList(),
                    AllowAutoTopicCreation = allowCreate,
                };
                MetadataResponse answer = await link.SendAsync(request, cancel).ConfigureAwait(false);
                if (answer.ErrorCode != ErrorCode.None) throw new KafkaErrorException(answer.ErrorCode, $"Metadata: {answer.ErrorCode}");
                Volatile.Write(ref _cluster, ReadCluster(answer));
                return answer;
            }
            catch (LinkClosedException failure)
            {
                if (!await pause.WaitAsync(cancel).ConfigureAwait(false))
                    throw new KafkaErrorException(ErrorCode.NetworkException, failure.Message, failure);
            }
        }
    }

    private static ClusterView ReadCluster(MetadataResponse answer)
    {
        ImmutableSortedDictionary<int, HostAndPort>.Builder brokers = ImmutableSortedDictionary.CreateBuilder<int, HostAndPort>();
        foreach (MetadataResponse.MetadataResponseBroker broker in answer.Brokers)
            brokers[broker.NodeId] = new HostAndPort(broker.Host, broker.Port);
        return new ClusterView(answer.ClusterId, answer.ControllerId, brokers.ToImmutable());
    }

    private TopicAnswer Take(MetadataResponse.MetadataResponseTopic topic)
    {
        string name = topic.Name ?? "";
        if (topic.ErrorCode != ErrorCode.None)
        {
            _topics.TryRemove(name, out _);
            return new TopicAnswer(topic.ErrorCode, null);
        }
        var partitions = new PartitionView[topic.Partitions.Count];
        foreach (MetadataResponse.MetadataResponsePartition partition in topic.Partitions)
        {
            // Indexes are 0..n-1 by contract; an answer with holes is one we cannot route by.
            if (partition.PartitionIndex < 0 || partition.PartitionIndex >= partitions.Length || partitions[partition.PartitionIndex] is not null)
                return new TopicAnswer(ErrorCode.LeaderNotAvailable, null);
            partitions[partition.PartitionIndex] = new PartitionView(
                partition.PartitionIndex, partition.LeaderId, partition.LeaderEpoch, [.. partition.ReplicaNodes], [.. partition.IsrNodes]);
        }
        var view = new TopicView(name, topic.TopicId, topic.IsInternal, ImmutableArray.Create(partitions));
        _topics[name] = new Known(view, options.Time.GetTimestamp());
        return new TopicAnswer(ErrorCode.None, view);
    }
}

/// <summary>What metadata says about one topic: the topic, or why not.</summary>
/// <param name="Error">None when <paramref name="Topic"/> is there.</param>
/// <param name="Topic">The topic.</param>
public readonly record struct TopicAnswer(ErrorCode Error, TopicView? Topic);
