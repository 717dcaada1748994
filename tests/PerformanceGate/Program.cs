using System.Text.Json;
using Gateway.Bench.Commands;
using Gateway.Bench.Http;
using Gateway.Bench.Kafka;
using Gateway.Client;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.PerformanceGate;

// PerformanceGate [--renew] [--gateway FILE] [--baseline FILE] [--pairs N]
var options = new Dictionary<string, string>(StringComparer.Ordinal);
for (int i = 0; i < args.Length; i++) options[args[i]] = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : "";
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Gateway.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("not inside a checkout");
string gateway = options.GetValueOrDefault("--gateway", Path.Combine(root, "src/Gateway/bin/Release/net10.0/gateway"));
string file = options.GetValueOrDefault("--baseline", Path.Combine(root, "tests/PerformanceGate/baseline.json"));
int pairs = int.Parse(options.GetValueOrDefault("--pairs", "40"), System.Globalization.CultureInfo.InvariantCulture);
bool renew = options.ContainsKey("--renew");
var written = new JsonSerializerOptions { WriteIndented = true };

string data = Path.Combine(Path.GetTempPath(), $"gateway-gate-{Guid.NewGuid():N}");
try
{
    using ServerProcess node = ServerProcess.Start(
        gateway, "start", "--data-dir", data, "--kafka-addr", "127.0.0.1:0", "--schema-registry-addr", "127.0.0.1:0", "--http-proxy-addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0");
    using ServerProcess nullBroker = ServerProcess.Start(gateway, "bench", "null-broker", "--address", "127.0.0.1:0");
    using ServerProcess nullHttp = ServerProcess.Start(gateway, "bench", "null-http", "--address", "127.0.0.1:0");
    var addresses = node.ReadyLine.Split(' ')[1..].Select(static door => door.Split('=', 2)).ToDictionary(static d => d[0], static d => d[1]);
    HostAndPort kafka = AddressOf(addresses["kafka"]), reference = AddressOf(nullBroker.ReadyLine.Split(' ')[^1]);
    await using KafkaClient client = KafkaClient.OverTcp([kafka]), referenceClient = KafkaClient.OverTcp([reference]);
    // Nothing waits for the disk, whose speed is not the code's. Not deleted: their directory is, and a busy machine may be slow with them.
    BenchTopic topic = await OpenAsync(client, 4, ("write.caching", "true")), full = await OpenAsync(client, 1), unkept = await OpenAsync(referenceClient, 4);
    BenchTopic cached = await OpenAsync(client, 1, ("write.caching", "true"));

    var record = new BatchShape(1024, 1, RecordShape.Random, CompressionType.None);
    TopicFill.Write(new ProduceTarget(kafka, full.View.Name, [0], Acks: 1, record, Window: 64), bytes: 8 << 20, CancellationToken.None);
    // One connection, one request in flight: how many share a wake-up, a batch or a flush would depend on what else the machine does.
    ProduceLane Produce(HostAndPort broker, BenchTopic to) => new(0, new ProduceTarget(broker, to.View.Name, [0, 1, 2, 3], Acks: -1, record, Window: 1), travel: null);
    FetchLane Fetch() => new(0, new FetchTarget(kafka, full.View.Name, new Dictionary<int, long> { [0] = 0 }, MaxBytes: 1, StartsOver: true));
    HttpLane Post(Uri server) => new(0, server, new HttpProduceWork(server, cached.View.Name, record, 0));
    Uri proxy = new(addresses["http-proxy"]), bare = new(nullHttp.ReadyLine.Split(' ')[^1]);
    Scenario[] scenarios =
    [
        new("produce", () => Produce(kafka, topic), nullBroker, () => Produce(reference, unkept)),
        new("fetch", Fetch, nullBroker, () => Produce(reference, unkept)),
        new("http-produce", () => Post(proxy), nullHttp, () => Post(bare)),
    ];

    var rounds = new Rounds(node, new Uri(addresses["admin"]));
    var baseline = File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, Cost>>(await File.ReadAllTextAsync(file))! : [];
    int failed = 0;
    foreach (Scenario scenario in scenarios)
    {
        Cost? before = renew ? null : baseline.GetValueOrDefault(scenario.Name);
        (Cost cost, int taken) = rounds.Measure(scenario, before, pairs);
        string[] worse = before is null ? [] : [.. cost.WorseThan(before)];
        Console.WriteLine(FormattableString.Invariant(
            $"{scenario.Name,-14} processor time {cost.Cpu:f2} × the reference's ({taken} pairs), {cost.Allocated:f0} bytes allocated a request{(worse.Length > 0 ? "; WORSE: " + string.Join("; ", worse) : "")}"));
        if (before is null) baseline[scenario.Name] = new Cost(Math.Round(cost.Cpu, 2), Math.Round(cost.Allocated));
        if (worse.Length > 0 || (before is null && !renew)) failed++;
    }
    if (renew) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(baseline, written) + "\n");
    Console.WriteLine(renew ? $"written: {file}" : failed == 0 ? "no worse than the baseline" : $"{failed} worse than {file} allows, or not in it; if that is meant, write it anew with --renew");
    return failed == 0 ? 0 : 1;
}
finally
{
    if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
}

static Task<BenchTopic> OpenAsync(KafkaClient client, int partitions, params (string Name, string Value)[] configs) =>
    BenchTopic.OpenAsync(client, null, partitions, -1, configs.ToDictionary(static c => c.Name, static c => (string?)c.Value), CancellationToken.None);

static HostAndPort AddressOf(string text) => new(text[..text.LastIndexOf(':')], int.Parse(text[(text.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
