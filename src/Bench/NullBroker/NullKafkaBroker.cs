using System.Net;
using Gateway.Broker.Network;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Shards;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Bench.NullBroker;

/// <summary>
/// The broker's own network and checks with nothing behind them: the ceiling for a given client. What a broker falls short of it is the
/// price of keeping the data.
/// </summary>
internal sealed class NullKafkaBroker : IAsyncDisposable
{
    private const long MemoryBytes = 256L << 20;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly ThreadedShardHost _shards;
    private readonly KafkaListener _listener;

    private NullKafkaBroker(ThreadedShardHost shards, KafkaListener listener, NullTopics topics)
    {
        _shards = shards;
        _listener = listener;
        Topics = topics;
    }

    /// <summary>What it remembers.</summary>
    public NullTopics Topics { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => _listener.BoundAddress;

    /// <summary>Starts it.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken.</exception>
    public static NullKafkaBroker Start(IPEndPoint address, int shardCount, int defaultPartitions)
    {
        var shards = new ThreadedShardHost(new ShardOptions { ShardCount = shardCount });
        shards.Start();
        try
        {
            var table = new HandlerTable(shardCount);
            var topics = new NullTopics();
            table.Add<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 12, _ => new NullProduceHandler(topics, TimeProvider.System), advertisedMin: 0);
            table.Add<FetchRequest, FetchResponse>(ApiKey.Fetch, 4, 11, _ => new NullFetchHandler(topics));
            table.Add<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 12, _ => new NullMetadataHandler(topics, defaultPartitions));
            table.Add<ApiVersionsRequest, ApiVersionsResponse>(ApiKey.ApiVersions, 0, 3, _ => new NullApiVersionsHandler(table));
            table.Add<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 0, 7, _ => new NullCreateTopicsHandler(topics, defaultPartitions));
            table.Add<DeleteTopicsRequest, DeleteTopicsResponse>(ApiKey.DeleteTopics, 0, 5, _ => new NullDeleteTopicsHandler(topics));
            var options = new KafkaListenerOptions { EndPoint = address };
            return new NullKafkaBroker(shards, KafkaListener.Start(options, table, shards, new MemoryBudget(MemoryBytes), NullLogger.Instance), topics);
        }
        catch
        {
            shards.Stop();
            throw;
        }
    }

    /// <summary>Closes its connections and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.StopAsync(Grace);
        _shards.Stop();
    }
}
