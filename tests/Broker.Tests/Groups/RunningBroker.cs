using System.Net;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Shards;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Broker.Tests.Groups;

/// <summary>A whole broker on its own threads and a directory of its own.</summary>
internal sealed class RunningBroker : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-groups-").FullName;
    private ThreadedShardHost? _host;
    private KafkaBroker? _broker;
    private IBrokerLink? _link;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Loopback, _broker!.BoundAddress.Port);

    public static async Task<RunningBroker> StartAsync()
    {
        var running = new RunningBroker();
        await running.StartBrokerAsync();
        return running;
    }

    /// <summary>Stops the broker in good order and starts another on the same data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartBrokerAsync();
    }

    public async Task<TResponse> SendAsync<TResponse>(IRequest<TResponse> request)
        where TResponse : class, IResponse, new()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _link!.SendAsync(request, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartBrokerAsync()
    {
        _host = new ThreadedShardHost(new ShardOptions { ShardCount = 2 });
        _host.Start();
        _broker = await BrokerModule.StartAsync(
            new BrokerOptions
            {
                DataDirectory = _directory,
                NewId = Guid.NewGuid,
                KafkaEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                Settings = new Dictionary<string, string> { ["group.initial.rebalance.delay.ms"] = "0", ["offsets.topic.num.partitions"] = "5" },
            },
            _host, NullLoggerFactory.Instance);
        IBrokerLinkFactory links = _broker.InProcessLinks("User:ANONYMOUS");
        _link = await links.ConnectAsync(links.Bootstrap[0], CancellationToken.None);
    }

    private async Task StopAsync()
    {
        if (_link is not null) await _link.DisposeAsync();
        if (_broker is not null) await _broker.DisposeAsync();
        _host?.Dispose();
    }
}
