using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Gateway.Broker;
using Gateway.Fuzz.Engine;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Shards;
using Microsoft.Extensions.Logging;

namespace Gateway.Fuzz.Targets;

/// <summary>A broker on a directory of its own that remembers what went wrong in it.</summary>
internal sealed class FuzzedBroker
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"gateway-fuzz-{Guid.NewGuid():N}");
    private readonly Faults _faults = new();
    private ThreadedShardHost _host = null!;
    private KafkaBroker _broker = null!;

    /// <summary>What escaped, if anything did.</summary>
    public string? Fault => _faults.First;

    /// <summary>The topic there is from the beginning.</summary>
    public Guid TopicId { get; private set; }

    public static FuzzedBroker Start()
    {
        var started = new FuzzedBroker();
        started.StartAsync().GetAwaiter().GetResult();
        return started;
    }

    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, _broker.BoundAddress.Port);
        return socket;
    }

    /// <summary>Asks for the versions, on another connection.</summary>
    public void MustServeOthers(int patienceMs)
    {
        using Socket other = Connect();
        other.ReceiveTimeout = patienceMs;
        other.Send([0, 0, 0, 10, 0, (byte)ApiKey.ApiVersions, 0, 0, 0, 0, 0, 7, 0xff, 0xff]);
        try
        {
            if (other.Receive(new byte[4096]) > 0) return;
        }
        catch (SocketException)
        {
            // Told below.
        }
        throw new FindingException($"others are not served within {patienceMs} ms");
    }

    public void Stop()
    {
        _broker.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _host.Stop();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAsync()
    {
        _host = new ThreadedShardHost(new ShardOptions { ShardCount = 2, OnUnhandled = (_, e) => _faults.Add(e.ToString()) });
        _host.Start();
        int ids = 0;
        _broker = await BrokerModule.StartAsync(
            new BrokerOptions
            {
                DataDirectory = _directory,
                // The corpus names topics by id: they must be the same every time.
                NewId = () => new Guid(++ids, 0, 0, new byte[8]),
                KafkaEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                Settings = new Dictionary<string, string> { ["group.initial.rebalance.delay.ms"] = "0", ["group.min.session.timeout.ms"] = "10" },
                StopGrace = TimeSpan.FromMilliseconds(100),
            },
            _host, _faults);
        IBrokerLink link = await _broker.InProcessLinks("User:fuzz").ConnectAsync(_broker.BoundAddress, default);
        await using (link)
        {
            CreateTopicsResponse created = await link.SendAsync(
                new CreateTopicsRequest { Topics = [new() { Name = KafkaSamples.Topic, NumPartitions = 2, ReplicationFactor = 1 }] }, default);
            TopicId = created.Topics[0].TopicId;
        }
    }

    /// <summary>Errors of the broker's log: an exception that a handler let out is one.</summary>
    private sealed class Faults : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<string> _all = new();

        public string? First => _all.TryPeek(out string? first) ? first : null;

        public void Add(string fault) => _all.Enqueue(fault);

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error) Add($"{formatter(state, exception)} {exception}");
        }
    }
}
