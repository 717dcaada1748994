using System.CommandLine;
using System.Globalization;
using Gateway.Bench.Kafka;
using Gateway.Bench.Load;
using Gateway.Bench.Reports;
using Gateway.Cli;
using Gateway.Client;
using Gateway.Client.Fetching;
using Gateway.Common.Ids;

namespace Gateway.Bench.Commands;

/// <summary><c>gateway bench consume</c>.</summary>
internal static class ConsumeBench
{
    private const int FillWindow = 8, FillMegabytes = 256;

    public static Command Create(LoadOptions load)
    {
        var command = new Command("consume", """
            Read a topic from its start, over and over, as fast as it goes, and tell rate and latency. A topic made for the run is filled
            first. At the rate that is written reads 'bench end-to-end'.

            Examples:
              gateway bench consume --fill 512 --connections 2 --partitions 2
              gateway bench consume --topic orders --max-bytes 65536
            """);
        var topics = new TopicOptions();
        var batches = new BatchOptions();
        var connections = new ConnectionOptions(connections: 1, window: 1);
        Option<int?> fill = FillOption(FillMegabytes);
        Option<int> maxBytes = MaxBytesOption();
        topics.AddTo(command);
        batches.AddTo(command, codec: true);
        connections.AddTo(command, windowed: false);
        command.Add(fill);
        command.Add(maxBytes);
        load.AddTo(command, paced: false);
        command.SetAction((parsed, cancel) => load.Client.WithClientAsync(parsed, async client =>
        {
            LoadSettings settings = load.SettingsOf(parsed);
            int count = connections.ConnectionsOf(parsed);
            await using BenchTopic topic = await topics.OpenAsync(parsed, client, cancel);
            int megabytes = parsed.GetValue(fill) ?? (topics.NameOf(parsed) is null ? FillMegabytes : 0);
            IReadOnlyDictionary<int, long> starts = await FilledAsync(client, topic, batches.Of(parsed, codec: true), megabytes, cancel);
            LoadResult result = Lanes.Run(
                count,
                lane =>
                {
                    (HostAndPort broker, IReadOnlyList<int> partitions) = topic.ShareOf(lane, count, exclusive: false);
                    return new FetchLane(lane, new FetchTarget(
                        broker, topic.View.Name, partitions.ToDictionary(static p => p, p => starts[p]), parsed.GetValue(maxBytes), StartsOver: true));
                },
                lanes => LoadRun.Execute(lanes, settings, 0, [], ProduceBench.ServerOf(load, parsed, topic), LoadOptions.Progress, cancel));
            return load.Tell(parsed, new BenchReport(
                "consume",
                [
                    ("topic", $"{topic.View.Partitions.Length} partitions"), ("connections", count.ToString(CultureInfo.InvariantCulture)),
                    ("fetch", $"at most {parsed.GetValue(maxBytes)} B"), .. LoadOptions.Told(settings),
                ],
                result, "from sending a fetch to its whole answer"));
        }));
        return command;
    }

    public static Option<int> MaxBytesOption() => new("--max-bytes") { Description = "Bytes of one answer at most.", HelpName = "BYTES", DefaultValueFactory = _ => 1 << 20 };

    public static async Task<IReadOnlyDictionary<int, long>> OffsetsAsync(KafkaClient client, BenchTopic topic, long at, CancellationToken cancel)
    {
        var found = new Dictionary<int, long>();
        foreach (int partition in topic.View.Partitions.Select(static p => p.Index))
        {
            FoundOffset offset = await client.OffsetLookup.FindAsync(new TopicPartition(topic.View.Name, partition), at, cancel);
            KafkaErrorException.ThrowIfError(offset.Error, $"Offsets of '{topic.View.Name}'-{partition}", null);
            found[partition] = offset.Offset;
        }
        return found;
    }

    /// <summary>Writes what is to be read, unless it is there, and finds where to begin.</summary>
    /// <exception cref="CommandException">There is nothing to read.</exception>
    public static async Task<IReadOnlyDictionary<int, long>> FilledAsync(KafkaClient client, BenchTopic topic, BatchShape batch, int megabytes, CancellationToken cancel)
    {
        if (megabytes > 0) await FillAsync(topic, batch, megabytes, cancel);
        IReadOnlyDictionary<int, long> starts = await OffsetsAsync(client, topic, OffsetLookup.Earliest, cancel);
        IReadOnlyDictionary<int, long> ends = await OffsetsAsync(client, topic, OffsetLookup.Latest, cancel);
        return starts.Any(p => p.Value < ends[p.Key])
            ? starts
            : throw new CommandException($"topic '{topic.View.Name}' is empty: there is nothing to read; --fill MB writes into it first");
    }

    public static Option<int?> FillOption(int megabytes) => new("--fill")
    {
        Description = $"Megabytes to write into the topic first. Default: {megabytes} into a topic made for the run, nothing into one that exists.",
        HelpName = "MB",
    };

    private static Task FillAsync(BenchTopic topic, BatchShape batch, int megabytes, CancellationToken cancel) => Task.Run(
        () =>
        {
            if (batch.Records == 1) batch = batch with { Records = Math.Max(1, 64 * 1024 / Math.Max(1, batch.RecordBytes)) };
            int brokers = topic.View.Partitions.Select(static p => p.Leader).Distinct().Count();
            for (int i = 0; i < brokers; i++)
            {
                (HostAndPort broker, IReadOnlyList<int> partitions) = topic.ShareOf(i, brokers, exclusive: false);
                TopicFill.Write(new ProduceTarget(broker, topic.View.Name, partitions, Acks: 1, batch, FillWindow), megabytes * 1_000_000L / brokers, cancel);
            }
        },
        cancel);
}
