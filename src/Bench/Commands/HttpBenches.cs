using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Bench.Http;
using Gateway.Bench.Kafka;
using Gateway.Bench.Load;
using Gateway.Cli;

namespace Gateway.Bench.Commands;

/// <summary><c>gateway bench http-produce</c>, <c>http-consume</c> and <c>registry</c>.</summary>
internal static class HttpBenches
{
    private const int FillMegabytes = 64;
    private static readonly Uri ProxyUrl = new("http://127.0.0.1:8082");

    public static Command Produce(LoadOptions load)
    {
        var command = new Command("http-produce", """
            Load an HTTP proxy with produce requests of the v2 API. The topic is made over the Kafka port (-X brokers=…).

            Example:
              gateway bench http-produce --connections 16 --shape json --record-size 200
            """);
        var topics = new TopicOptions();
        var batches = new BatchOptions();
        var server = ProxyServer();
        var connections = new ConnectionOptions(connections: 16, window: 1);
        server.AddTo(command);
        topics.AddTo(command);
        batches.AddTo(command, codec: false);
        connections.AddTo(command, windowed: false);
        load.AddTo(command);
        command.SetAction((parsed, cancel) => load.Client.WithClientAsync(parsed, async client =>
        {
            BatchShape batch = batches.Of(parsed, codec: false);
            LoadSettings settings = load.SettingsOf(parsed);
            Uri url = server.Of(parsed);
            await using BenchTopic topic = await topics.OpenAsync(parsed, client, cancel);
            return server.Run(
                load, settings, parsed, "http-produce", connections.ConnectionsOf(parsed), batch.Records,
                lane => new HttpProduceWork(url, topic.View.Name, batch, lane), BatchOptions.Told(batch), cancel);
        }));
        return command;
    }

    public static Command Consume(LoadOptions load)
    {
        var command = new Command("http-consume", """
            Read a topic over and over through an HTTP proxy, without consumers. A topic made for the run is filled over the Kafka port first.

            Example:
              gateway bench http-consume --connections 4 --fill 64
            """);
        var topics = new TopicOptions();
        var batches = new BatchOptions();
        var server = ProxyServer();
        var connections = new ConnectionOptions(connections: 4, window: 1);
        Option<int?> fill = ConsumeBench.FillOption(FillMegabytes);
        Option<int> maxBytes = ConsumeBench.MaxBytesOption();
        server.AddTo(command);
        topics.AddTo(command);
        batches.AddTo(command, codec: true);
        connections.AddTo(command, windowed: false);
        command.Add(fill);
        command.Add(maxBytes);
        load.AddTo(command);
        command.SetAction((parsed, cancel) => load.Client.WithClientAsync(parsed, async client =>
        {
            Uri url = server.Of(parsed);
            LoadSettings settings = load.SettingsOf(parsed);
            await using BenchTopic topic = await topics.OpenAsync(parsed, client, cancel);
            int megabytes = parsed.GetValue(fill) ?? (topics.NameOf(parsed) is null ? FillMegabytes : 0);
            await ConsumeBench.FilledAsync(client, topic, batches.Of(parsed, codec: true), megabytes, cancel);
            return server.Run(
                load, settings, parsed, "http-consume", connections.ConnectionsOf(parsed), 1,
                lane => new HttpConsumeWork(url, topic.View.Name, lane % topic.View.Partitions.Length, parsed.GetValue(maxBytes)),
                [("fetch", $"at most {parsed.GetValue(maxBytes)} B")], cancel);
        }));
        return command;
    }

    public static Command Registry(LoadOptions load)
    {
        var command = new Command("registry", """
            Register schemas, then fetch them by id as serialisers do, and tell rate and latency.

            Example:
              gateway bench registry --schemas 1000 --connections 8
            """);
        var server = RegistryServer(load);
        var connections = new ConnectionOptions(connections: 8, window: 1);
        var schemas = new Option<int>("--schemas") { Description = "How many schemas to register first, under subjects that are deleted afterwards.", HelpName = "N", DefaultValueFactory = _ => 100 };
        server.AddTo(command);
        connections.AddTo(command, windowed: false);
        command.Add(schemas);
        load.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            Uri url = server.Of(parsed);
            LoadSettings settings = load.SettingsOf(parsed);
            int count = parsed.GetValue(schemas);
            if (count < 1) throw new CommandException($"--schemas: {count} is too few; use 1 or more");
            string run = Guid.NewGuid().ToString("N");
            var ids = new List<int>();
            try
            {
                while (ids.Count < count) ids.Add(await RegisterAsync(url, run, ids.Count, cancel));
                return server.Run(
                    load, settings, parsed, "registry", connections.ConnectionsOf(parsed), 1, lane => new RegistryWork(url, ids, lane),
                    [("schemas", count.ToString(CultureInfo.InvariantCulture))], cancel);
            }
            finally
            {
                for (int i = 0; i < ids.Count; i++)
                {
                    await ServerOptions.AskAsync(HttpMethod.Delete, new Uri(url, Subject(run, i)), null, null, CancellationToken.None);
                    await ServerOptions.AskAsync(HttpMethod.Delete, new Uri(url, Subject(run, i) + "?permanent=true"), null, null, CancellationToken.None);
                }
            }
        });
        return command;
    }

    private static ServerOptions ProxyServer() => new(_ => ProxyUrl, $"The proxy; plain http. Default: {ProxyUrl}.");

    private static ServerOptions RegistryServer(LoadOptions load) => new(
        parsed => load.Client.RegistryHostsOf(parsed)[0] is { Scheme: "http" } host ? host : throw new CommandException("the registry is loaded over plain http only; --url chooses another"),
        "The registry; plain http. Default: the first of -X registry.hosts=…, else http://127.0.0.1:8081.");

    private static string Subject(string run, int number) => $"/subjects/gateway-bench-{run}-{number}";

    private static async Task<int> RegisterAsync(Uri server, string run, int number, CancellationToken cancel)
    {
        var fields = new JsonArray();
        for (int i = 0; i < 10; i++) fields.Add(new JsonObject { ["name"] = $"field_{i}", ["type"] = new JsonArray("null", "string"), ["default"] = null });
        var schema = new JsonObject { ["type"] = "record", ["name"] = $"Bench_{run}_{number}", ["fields"] = fields };
        string answer = await ServerOptions.AskAsync(
            HttpMethod.Post, new Uri(server, Subject(run, number) + "/versions"), "application/vnd.schemaregistry.v1+json",
            new JsonObject { ["schema"] = schema.ToJsonString() }.ToJsonString(), cancel);
        return JsonNode.Parse(answer)!["id"]!.GetValue<int>();
    }
}
