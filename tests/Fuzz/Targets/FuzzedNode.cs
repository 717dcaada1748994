using System.Net.Sockets;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Common.Ids;
using Gateway.Hosting;
using Gateway.Settings;
using Microsoft.Extensions.Logging;

namespace Gateway.Fuzz.Targets;

/// <summary>A whole node in this process, with one topic <c>t</c> of two partitions, for requests to its HTTP doors.</summary>
internal sealed class FuzzedNode
{
    private const int PatienceMs = 10_000;
    private readonly string _directory;
    private readonly GatewayHost _host;
    private int _isStopped;

    private FuzzedNode(string directory, GatewayHost host)
    {
        _directory = directory;
        _host = host;
    }

    /// <summary>What the node logged as an error: something a request must not be able to bring about.</summary>
    public string? Fault => Faults.Seen;

    private static FaultLog Faults { get; } = new();

    /// <summary>Starts one.</summary>
    public static FuzzedNode Start()
    {
        string directory = Path.Combine(Path.GetTempPath(), $"gateway-fuzz-{Guid.NewGuid():N}");
        var any = new HostAndPort("127.0.0.1", 0);
        var settings = new GatewaySettings
        {
            DataDirectory = directory,
            KafkaAddress = any,
            SchemaRegistryAddress = any,
            HttpProxyAddress = any,
            AdminAddress = any,
            // Otherwise every changed name would become a topic.
            BrokerSettings = new Dictionary<string, SettingValue> { ["auto.create.topics.enable"] = new("false", "the fuzzer") },
        };
        var loggers = new LoggerFactory([Faults], new LoggerFilterOptions { MinLevel = LogLevel.Error });
        GatewayHost host = GatewayHost.StartAsync(settings, loggers, CancellationToken.None).GetAwaiter().GetResult();
        var node = new FuzzedNode(directory, host);
        node.MakeTopicAsync().GetAwaiter().GetResult();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => node.Stop();
        return node;
    }

    /// <summary>A connection to the registry or to the proxy.</summary>
    public Socket Connect(bool toRegistry)
    {
        HostAndPort door = toRegistry ? _host.Addresses.SchemaRegistry : _host.Addresses.HttpProxy;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = PatienceMs, SendTimeout = PatienceMs };
        socket.Connect(door.Host, door.Port);
        return socket;
    }

    /// <summary>Stops it and deletes what it stored.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0) return;
        _host.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task MakeTopicAsync()
    {
        await using KafkaClient client = KafkaClient.OverTcp([_host.Addresses.Kafka]);
        await client.Admin.CreateTopicAsync(new NewTopic("t", 2, -1));
    }

    private sealed class FaultLog : ILoggerProvider, ILogger
    {
        public string? Seen { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Seen ??= $"logged: {formatter(state, exception)} {exception}";

        public void Dispose()
        {
        }
    }
}
