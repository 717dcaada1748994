using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Bench.Http;
using Gateway.Bench.Kafka;
using Gateway.Client;
using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.PerformanceGate;

/// <summary>A node and a reference, both fresh, and what they are asked.</summary>
internal sealed class Servers : IDisposable
{
    private const int Variants = 16, Partitions = 4, Stored = 2000, RecordBytes = 1024;
    private const string RegistryType = "application/vnd.schemaregistry.v1+json", RecordsType = "application/vnd.kafka.binary.v2+json";
    private static readonly BatchShape OneRecord = new(RecordBytes, 1, RecordShape.Random, CompressionType.None);
    private static readonly BatchShape SomeRecords = OneRecord with { Records = 16 };
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"gateway-gate-{Guid.NewGuid():N}");
    private readonly List<ServerProcess> _started = [];

    /// <summary>Starts both and gives the node something to read.</summary>
    /// <param name="gateway">The executable under test.</param>
    /// <param name="gate">This program, for the reference.</param>
    public Servers(string gateway, string gate)
    {
        try
        {
            Directory.CreateDirectory(_directory);
            Node = Start(
                gateway, "start", "--data-dir", Path.Combine(_directory, "data"), "--shards", "1", "--kafka-addr", "127.0.0.1:0",
                "--schema-registry-addr", "127.0.0.1:0", "--http-proxy-addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0");
            Reference = Start(gate, "--reference", Path.Combine(_directory, "reference"));
            Admin = new Uri(Node.Doors["admin"]);
            Scenarios = [.. Ask(AddressOf(Node.Doors["kafka"]), AddressOf(Reference.Doors["log"]))];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ServerProcess Node { get; }

    public ServerProcess Reference { get; }

    /// <summary>The node's door with the metrics.</summary>
    public Uri Admin { get; }

    public IReadOnlyList<Scenario> Scenarios { get; }

    public void Dispose()
    {
        _started.ForEach(static server => server.Dispose());
        Directory.Delete(_directory, recursive: true);
    }

    private ServerProcess Start(string executable, params string[] arguments)
    {
        var server = ServerProcess.Start(executable, arguments);
        _started.Add(server);
        return server;
    }

    private IEnumerable<Scenario> Ask(HostAndPort node, HostAndPort reference)
    {
        string written = CreateTopic(node, Partitions), posted = CreateTopic(node, 1), read = CreateTopic(node, 1);
        ProduceFrame[] frames = Frames(written, OneRecord), batched = Frames(written, SomeRecords);
        using (var fill = new ProduceExchange(node, Frames(read, OneRecord), 1, judged: true)) fill.Ask(Stored);
        var fetch = new FetchFrame(read, [0], maxBytes: 1, maxWait: TimeSpan.FromSeconds(1));
        yield return new Scenario(
            "produce", () => new ProduceExchange(node, frames, Partitions, judged: true), 30,
            () => new ProduceExchange(reference, frames, Partitions, judged: false), 40);
        yield return new Scenario(
            "produce-batch", () => new ProduceExchange(node, batched, Partitions, judged: true), 12,
            () => new ProduceExchange(reference, batched, Partitions, judged: false), 24);
        yield return new Scenario(
            "fetch", () => new FetchExchange(node, fetch, Stored, RecordBytes), 30,
            () => new FetchExchange(reference, fetch, Stored, RecordBytes), 40);

        Uri proxy = new(Node.Doors["http-proxy"]), registry = new(Node.Doors["schema-registry"]), bare = new(Reference.Doors["http"]);
        byte[][] Posts(Uri to) => [.. Enumerable.Range(0, Variants).Select(i => new HttpProduceWork(to, posted, OneRecord, 0).Next(i).ToArray())];
        string records = $"/topics/{read}/partitions/0/records?timeout=0&max_bytes=1&offset=";
        byte[][] Reads(Uri to) => [.. Enumerable.Range(0, Stored).Select(i => Get(to, string.Create(CultureInfo.InvariantCulture, $"{records}{i}"), RecordsType))];
        string lookup = string.Create(CultureInfo.InvariantCulture, $"/schemas/ids/{Register(registry)}");
        yield return new Scenario(
            "http-produce", () => new HttpExchange(proxy, Posts(proxy), "\"error_code\":null"), 8,
            () => new HttpExchange(bare, Posts(bare), "\"error_code\":null"), 20);
        yield return new Scenario(
            "http-consume", () => new HttpExchange(proxy, Reads(proxy), "\"offset\":"), 8,
            () => new HttpExchange(bare, Reads(bare), "\"offset\":"), 24);
        yield return new Scenario(
            "registry-lookup", () => new HttpExchange(registry, [Get(registry, lookup, RegistryType)], "\"schema\":"), 20,
            () => new HttpExchange(bare, [Get(bare, lookup, RegistryType)], "\"schema\":"), 32);
    }

    // Nothing waits for the disk, whose speed is not the code's.
    private static string CreateTopic(HostAndPort node, int partitions)
    {
        KafkaClient client = KafkaClient.OverTcp([node]);
        try
        {
            var configs = new Dictionary<string, string?> { ["write.caching"] = "true" };
            return BenchTopic.OpenAsync(client, null, partitions, -1, configs, CancellationToken.None).GetAwaiter().GetResult().View.Name;
        }
        finally
        {
            client.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static ProduceFrame[] Frames(string topic, BatchShape shape) => [.. Enumerable.Range(0, Variants).Select(i =>
    {
        using RecordsLease batch = shape.Build(i, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        return new ProduceFrame(topic, acks: -1, batch);
    })];

    private static byte[] Get(Uri to, string path, string type) => HttpLane.Request("GET", to, path, null, type, null);

    private static int Register(Uri registry)
    {
        const string schema = """{"type":"record","name":"Gate","fields":[{"name":"a","type":"string"},{"name":"b","type":"long"}]}""";
        using var http = new HttpClient();
        using var body = new StringContent(JsonSerializer.Serialize(new { schema }), new MediaTypeHeaderValue(RegistryType));
        using HttpResponseMessage answer = http.PostAsync(new Uri(registry, "/subjects/gate/versions"), body).GetAwaiter().GetResult();
        using var json = JsonDocument.Parse(answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync().GetAwaiter().GetResult());
        return json.RootElement.GetProperty("id").GetInt32();
    }

    private static HostAndPort AddressOf(string text) =>
        new(text[..text.LastIndexOf(':')], int.Parse(text[(text.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
}
