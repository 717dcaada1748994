using System.CommandLine;
using System.Globalization;
using Gateway.Bench.Kafka;
using Gateway.Bench.Load;
using Gateway.Bench.Measuring;
using Gateway.Bench.Reports;
using Gateway.Client.Fetching;
using Gateway.Common.Ids;

namespace Gateway.Bench.Commands;

/// <summary><c>gateway bench end-to-end</c>.</summary>
internal static class EndToEndBench
{
    public static Command Create(LoadOptions load)
    {
        var command = new Command("end-to-end", """
            Write at a rate and read at the same time; tell how long records travel from the producer to the consumer.

            Examples:
              gateway bench end-to-end --rate 1000
              gateway bench end-to-end --rate 20000 --batch-records 10 --partitions 8 --connections 4
            """);
        var topics = new TopicOptions();
        var batches = new BatchOptions();
        var connections = new ConnectionOptions(connections: 1, window: 5);
        Option<short> acks = ProduceBench.AcksOption();
        Option<int> maxBytes = ConsumeBench.MaxBytesOption();
        topics.AddTo(command);
        batches.AddTo(command, codec: true);
        connections.AddTo(command, windowed: true);
        command.Add(acks);
        command.Add(maxBytes);
        load.AddTo(command);
        command.SetAction((parsed, cancel) => load.Client.WithClientAsync(parsed, async client =>
        {
            LoadSettings settings = load.SettingsOf(parsed);
            BatchShape batch = batches.Of(parsed, codec: true);
            int count = connections.ConnectionsOf(parsed), window = connections.WindowOf(parsed);
            short level = ProduceBench.AcksOf(parsed, acks);
            await using BenchTopic topic = await topics.OpenAsync(parsed, client, cancel);
            IReadOnlyDictionary<int, long> ends = await ConsumeBench.OffsetsAsync(client, topic, OffsetLookup.Latest, cancel);
            var travel = new TravelTimes(ends, batch.Records);
            LatencyHistogram arrived = new(), after = new();
            long read = 0;
            LoadResult result = Lanes.Run(
                count,
                lane =>
                {
                    (HostAndPort broker, IReadOnlyList<int> partitions) = topic.ShareOf(lane, count, exclusive: true);
                    return new FetchLane(lane, new FetchTarget(
                        broker, topic.View.Name, partitions.ToDictionary(static p => p, p => ends[p]), parsed.GetValue(maxBytes), StartsOver: false), travel);
                },
                readers => Lanes.Run(
                    count,
                    lane =>
                    {
                        (HostAndPort broker, IReadOnlyList<int> partitions) = topic.ShareOf(lane, count, exclusive: true);
                        return new ProduceLane(lane, new ProduceTarget(broker, topic.View.Name, partitions, level, batch, window), travel);
                    },
                    lanes =>
                    {
                        LoadResult written = LoadRun.Execute(
                            lanes, settings, settings.RecordsPerSecond / batch.Records, readers, ProduceBench.ServerOf(load, parsed, topic), LoadOptions.Progress, cancel);
                        foreach (FetchLane reader in readers)
                        {
                            arrived.Add(reader.Travel);
                            after.Add(reader.AfterAcknowledgement);
                            read += reader.RecordsSoFar;
                            foreach ((string name, long errors) in reader.Counts.Errors) written.Counts.AddError($"reading: {name}", errors);
                        }
                        long missing = lanes.Sum(static lane => lane.RecordsSoFar) - read;
                        if (missing > 0) written.Counts.AddError("record acknowledged and not read within a second", missing);
                        return written;
                    }));
            return load.Tell(parsed, new BenchReport(
                "end-to-end",
                [
                    ("topic", $"{topic.View.Partitions.Length} partitions"), ("connections", $"{count} producers, {window} in flight on each, and {count} consumers"),
                    ("acks", level.ToString(CultureInfo.InvariantCulture)), .. BatchOptions.Told(batch), .. LoadOptions.Told(settings),
                ],
                result, "from the moment a batch was to be sent until its consumer had it")
            { Travel = arrived, AfterAcknowledgement = after });
        }));
        return command;
    }
}
