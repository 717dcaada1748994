using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Shards;
using Gateway.Shards.Sockets;
using Gateway.Storage;
using Gateway.Storage.Files;

namespace Gateway.Broker.Tests.Support;

/// <summary>A real broker on a directory of its own, with a link into it. Restarts on the same directory.</summary>
public sealed class TestBroker : IAsyncDisposable
{
    private readonly string _directory;
    private BrokerOptions _options;
    private ThreadedShardHost _host = null!;
    private KafkaBroker _broker = null!;

    private TestBroker(string directory, BrokerOptions options)
    {
        _directory = directory;
        _options = options;
    }

    /// <summary>A link with the principal of everybody.</summary>
    public IBrokerLink Link { get; private set; } = null!;

    public KafkaBroker Broker => _broker;

    /// <summary>What the operator was told, over all starts.</summary>
    internal WarningLog Warnings { get; } = new();

    public HostAndPort Address => _broker.BoundAddress;

    public string Directory => _directory;

    public static async Task<TestBroker> StartAsync(
        IReadOnlyDictionary<string, string>? settings = null, IFileSystem? files = null, int shards = 2,
        DescriptorShares? descriptors = null, LogStoreOptions? store = null, IRecordValidators? validators = null, long memory = 0)
    {
        string directory = Path.Combine(Path.GetTempPath(), $"gateway-broker-{Guid.NewGuid():N}");
        var test = new TestBroker(directory, new BrokerOptions
        {
            DataDirectory = directory,
            NewId = Guid.NewGuid,
            KafkaEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            Settings = settings ?? new Dictionary<string, string>(),
            FileSystem = files,
            Descriptors = descriptors,
            Store = store ?? new LogStoreOptions(),
            Validators = validators,
            MemoryBudgetBytes = memory,
            StopGrace = TimeSpan.FromSeconds(1),
        });
        await test.OpenAsync(shards);
        return test;
    }

    /// <summary>Stops in good order and starts again, perhaps on another number of shards.</summary>
    public async Task RestartAsync(int shards = 2)
    {
        await CloseAsync();
        await OpenAsync(shards);
    }

    /// <summary>Stops in good order and starts again with other options.</summary>
    public async Task RestartAsync(Func<BrokerOptions, BrokerOptions> change)
    {
        await CloseAsync();
        _options = change(_options);
        await OpenAsync(2);
    }

    /// <summary>Starts again as after a crash: the clean mark is taken away.</summary>
    public async Task RestartUncleanAsync()
    {
        await CloseAsync();
        File.Delete(Path.Combine(_directory, "clean-shutdown"));
        await OpenAsync(2);
    }

    /// <summary>Starts again with nothing but the logs to tell what producers there were, and which keys.</summary>
    public async Task RestartWithoutSnapshotsAsync()
    {
        await CloseAsync();
        foreach (string snapshot in System.IO.Directory.GetFiles(_directory, "producers", SearchOption.AllDirectories)) File.Delete(snapshot);
        await OpenAsync(2);
    }

    /// <summary>Stops, puts other bytes in place of what each producer snapshot holds, and starts.</summary>
    public async Task RewriteSnapshotsAsync(Func<byte[], byte[]> rewrite)
    {
        const int header = 16;
        await CloseAsync();
        foreach (string path in System.IO.Directory.GetFiles(Path.Combine(_directory, "logs"), "producers", SearchOption.AllDirectories))
        {
            byte[] stored = await File.ReadAllBytesAsync(path);
            byte[] bytes = [.. stored[..header], .. rewrite(stored[header..])];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, Crc32C.Compute(bytes.AsSpan(4)));
            await File.WriteAllBytesAsync(path, bytes);
        }
        await OpenAsync(2);
    }

    /// <summary>Stops, takes the last byte off the log of a topic's first partition, and starts again.</summary>
    public async Task DamageAsync(Guid topic)
    {
        await CloseAsync();
        string log = SegmentOf(topic);
        using (FileStream file = File.Open(log, FileMode.Open)) file.SetLength(file.Length - 1);
        await OpenAsync(2);
    }

    /// <summary>Closes the broker, puts a directory in the place of the topic's only segment and opens it again: also root may not open that as a file.</summary>
    public async Task ForbidAsync(Guid topic)
    {
        await CloseAsync();
        string log = SegmentOf(topic);
        File.Delete(log);
        System.IO.Directory.CreateDirectory(log);
        await OpenAsync(2);
    }

    /// <summary>Stops in good order, takes away the directory of a topic's first partition, and starts again.</summary>
    public async Task LoseAsync(Guid topic)
    {
        await CloseAsync();
        System.IO.Directory.Delete(Path.GetDirectoryName(SegmentOf(topic))!, recursive: true);
        await OpenAsync(2);
    }

    private string SegmentOf(Guid topic) => System.IO.Directory.GetFiles(Path.Combine(_directory, "logs"), "*.log", SearchOption.AllDirectories)
        .Single(path => path.Contains($"{topic:N}-0-", StringComparison.Ordinal));

    public ValueTask<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancel = default)
        where TResponse : class, IResponse, new() => Link.SendAsync(request, cancel);

    /// <summary>Creates a topic and returns its id.</summary>
    public async Task<Guid> CreateTopic(string name, int partitions = 1, params (string Name, string Value)[] configs)
    {
        CreateTopicsResponse response = await Send(new CreateTopicsRequest
        {
            Topics =
            [
                new()
                {
                    Name = name,
                    NumPartitions = partitions,
                    ReplicationFactor = 1,
                    Configs = [.. configs.Select(c => new CreateTopicsRequest.CreatableTopicConfig { Name = c.Name, Value = c.Value })],
                },
            ],
        });
        CreateTopicsResponse.CreatableTopicResult result = Assert.Single(response.Topics);
        Assert.Equal((ErrorCode.None, null), (result.ErrorCode, result.ErrorMessage));
        return result.TopicId;
    }

    public async Task<ErrorCode> DeleteTopic(string name)
    {
        DeleteTopicsResponse response = await Send(new DeleteTopicsRequest { Topics = [new() { Name = name }] });
        return Assert.Single(response.Responses).ErrorCode;
    }

    public async Task Alter(string topic, params (string Name, string? Value)[] configs)
    {
        IncrementalAlterConfigsResponse response = await Send(new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new()
                {
                    ResourceType = 2,
                    ResourceName = topic,
                    Configs = [.. configs.Select(c => new IncrementalAlterConfigsRequest.AlterableConfig { Name = c.Name, ConfigOperation = (sbyte)(c.Value is null ? 1 : 0), Value = c.Value })],
                },
            ],
        });
        Assert.Equal(ErrorCode.None, Assert.Single(response.Responses).ErrorCode);
    }

    /// <summary>A socket to the broker's Kafka port.</summary>
    public async Task<WireClient> Connect()
    {
        var client = new TcpClient();
        await client.ConnectAsync(_broker.BoundAddress.Host, _broker.BoundAddress.Port);
        return new WireClient(client);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (System.IO.Directory.Exists(_directory)) System.IO.Directory.Delete(_directory, recursive: true);
    }

    private async Task OpenAsync(int shards)
    {
        _host = new ThreadedShardHost(new ShardOptions { ShardCount = shards });
        _host.Start();
        _broker = await BrokerModule.StartAsync(_options, _host, Warnings);
        Link = await _broker.InProcessLinks("User:ANONYMOUS").ConnectAsync(_broker.KafkaAddress, default);
    }

    private async Task CloseAsync()
    {
        await _broker.DisposeAsync();
        _host.Dispose();
    }
}
