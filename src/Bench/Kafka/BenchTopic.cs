using Gateway.Cli;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Client.Topology;
using Gateway.Common.Ids;

namespace Gateway.Bench.Kafka;

/// <summary>The topic a run writes or reads: made for it and deleted afterwards, unless the user named one that is there.</summary>
internal sealed class BenchTopic : IAsyncDisposable
{
    private readonly KafkaClient _client;
    private readonly bool _isOurs;

    private BenchTopic(KafkaClient client, TopicView view, ClusterView cluster, bool isOurs)
    {
        _client = client;
        View = view;
        Cluster = cluster;
        _isOurs = isOurs;
    }

    /// <summary>The topic.</summary>
    public TopicView View { get; }

    /// <summary>The brokers.</summary>
    public ClusterView Cluster { get; }

    /// <summary>Uses the topic of that name, or makes one.</summary>
    /// <exception cref="CommandException">A partition has no leader.</exception>
    public static async Task<BenchTopic> OpenAsync(
        KafkaClient client, string? name, int partitions, short replication, IReadOnlyDictionary<string, string?> configs, CancellationToken cancel)
    {
        bool isOurs = name is null;
        name ??= $"gateway-bench-{Guid.NewGuid():N}";
        if (isOurs) await client.Admin.CreateTopicAsync(new NewTopic(name, partitions, replication) { Configs = configs }, cancel: cancel);
        TopicView view = await client.Admin.DescribeTopicAsync(name, cancel);
        ClusterView cluster = await client.Admin.DescribeClusterAsync(cancel);
        return view.Partitions.All(p => cluster.Brokers.ContainsKey(p.Leader))
            ? new BenchTopic(client, view, cluster, isOurs)
            : throw new CommandException($"topic '{name}': not every partition has a leader; try again when the cluster has settled");
    }

    /// <summary>
    /// The partitions a connection may use: those of one broker, since a request goes to the leader. Connections take brokers in turn;
    /// with <paramref name="exclusive"/> no two share a partition.
    /// </summary>
    public (HostAndPort Broker, IReadOnlyList<int> Partitions) ShareOf(int lane, int lanes, bool exclusive)
    {
        int[] leaders = [.. View.Partitions.Select(static p => p.Leader).Distinct().Order()];
        int leader = leaders[lane % leaders.Length];
        int[] all = [.. View.Partitions.Where(p => p.Leader == leader).Select(static p => p.Index).Order()];
        if (!exclusive) return (Cluster.Brokers[leader], all);
        int place = lane / leaders.Length, places = (lanes - lane % leaders.Length + leaders.Length - 1) / leaders.Length;
        int[] own = [.. all.Where((_, i) => i % places == place)];
        return own.Length > 0
            ? (Cluster.Brokers[leader], own)
            : throw new CommandException($"{lanes} connections need a partition each, topic '{View.Name}' has {View.Partitions.Length}: raise --partitions or lower --connections");
    }

    /// <summary>Deletes the topic if it was made for the run.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOurs) await _client.Admin.DeleteTopicAsync(View.Name);
    }
}
