using System.CommandLine;
using System.Globalization;
using Gateway.Bench.Kafka;
using Gateway.Bench.Load;
using Gateway.Bench.Reports;
using Gateway.Cli;
using Gateway.Common.Ids;

namespace Gateway.Bench.Commands;

/// <summary><c>gateway bench produce</c>.</summary>
internal static class ProduceBench
{
    public static Command Create(LoadOptions load)
    {
        var command = new Command("produce", """
            Load a Kafka broker with produce requests and tell rate and latency.

            Examples:
              gateway bench produce --batch-records 100 --connections 4
              gateway bench produce --rate 50000 --acks 1 --partitions 100 --svg latency.svg
              gateway bench produce -X brokers=other:9092 --format json
            """);
        var topics = new TopicOptions();
        var batches = new BatchOptions();
        var connections = new ConnectionOptions(connections: 1, window: 5);
        Option<short> acks = AcksOption();
        topics.AddTo(command);
        batches.AddTo(command, codec: true);
        connections.AddTo(command, windowed: true);
        command.Add(acks);
        load.AddTo(command);
        command.SetAction((parsed, cancel) => load.Client.WithClientAsync(parsed, async client =>
        {
            LoadSettings settings = load.SettingsOf(parsed);
            BatchShape batch = batches.Of(parsed, codec: true);
            int count = connections.ConnectionsOf(parsed), window = connections.WindowOf(parsed);
            short level = AcksOf(parsed, acks);
            await using BenchTopic topic = await topics.OpenAsync(parsed, client, cancel);
            LoadResult result = Lanes.Run(
                count,
                lane =>
                {
                    (HostAndPort broker, IReadOnlyList<int> partitions) = topic.ShareOf(lane, count, exclusive: false);
                    return new ProduceLane(lane, new ProduceTarget(broker, topic.View.Name, partitions, level, batch, window), travel: null);
                },
                lanes => LoadRun.Execute(lanes, settings, settings.RecordsPerSecond / batch.Records, [], ServerOf(load, parsed, topic), LoadOptions.Progress, cancel));
            return load.Tell(parsed, new BenchReport(
                "produce",
                [
                    ("topic", $"{topic.View.Partitions.Length} partitions"), ("connections", $"{count}, {window} in flight on each"),
                    ("acks", level.ToString(CultureInfo.InvariantCulture)), .. BatchOptions.Told(batch), .. LoadOptions.Told(settings),
                ],
                result, LatencyOf(settings.RecordsPerSecond > 0, level)));
        }));
        return command;
    }

    public static Option<short> AcksOption() => new("--acks") { Description = "-1 (all), 1 or 0.", HelpName = "N", DefaultValueFactory = _ => -1 };

    public static short AcksOf(ParseResult parsed, Option<short> acks) =>
        parsed.GetValue(acks) is >= -1 and <= 1 and var level ? level : throw new CommandException($"--acks: there is no {parsed.GetValue(acks)}; use -1, 1 or 0");

    /// <summary>What the latency of produce requests spans: with acks=0 no acknowledgement ends it.</summary>
    public static string LatencyOf(bool paced, short acks) =>
        $"from {(paced ? "the moment a request was to be sent" : "sending a request")} to its {(acks == 0 ? "being handed to the network (acks=0: no acknowledgement comes)" : "acknowledgement")}";

    public static int? ServerOf(LoadOptions load, ParseResult parsed, BenchTopic topic)
    {
        HostAndPort broker = topic.Cluster.Brokers.First().Value;
        return load.ServerPidOf(parsed, broker.Host, broker.Port);
    }
}
