using System.CommandLine;
using System.Globalization;
using Gateway.Bench.Kafka;
using Gateway.Bench.Load;
using Gateway.Bench.Measuring;
using Gateway.Bench.Reports;
using Gateway.Cli;
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
            if (level == 0 && topics.NameOf(parsed) is not null)
                throw new CommandException("--acks: with 0 own records cannot be told from others' in a topic that exists; use 1 or -1, or leave --topic out");
            await using BenchTopic topic = await topics.OpenAsync(parsed, client, cancel);
            IReadOnlyDictionary<int, long> ends = await ConsumeBench.OffsetsAsync(client, topic, OffsetLookup.Latest, cancel);
            var travel = new TravelTimes(ends, batch.Records);
            LatencyHistogram arrived = new(), after = new();
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
                            reader.NoteRest();
                            arrived.Add(reader.Travel);
                            after.Add(reader.AfterAcknowledgement);
                            written.Counts.LostConnections += reader.Counts.LostConnections;
                            foreach ((string name, long errors) in reader.Counts.Errors) written.Counts.AddError($"reading: {name}", errors);
                        }
                        NoteUnread(travel, readers[0].Measured!, Clock.Now, written.Counts, arrived);
                        return written;
                    }));
            return load.Tell(parsed, new BenchReport(
                "end-to-end",
                [
                    ("topic", $"{topic.View.Partitions.Length} partitions"), ("connections", $"{count} producers, {window} in flight on each, and {count} consumers"),
                    ("acks", level.ToString(CultureInfo.InvariantCulture)), .. BatchOptions.Told(batch), .. LoadOptions.Told(settings),
                ],
                result, "from the moment a batch was to be sent until its consumer had it")
            { Travel = arrived, AfterAcknowledgement = level == 0 ? null : after });
        }));
        return command;
    }

    /// <summary>Counts what never arrived, unsent, unanswered or unread, as having travelled for so long at least.</summary>
    internal static void NoteUnread(TravelTimes travel, LoadSchedule schedule, long now, LaneCounts counts, LatencyHistogram arrived)
    {
        arrived.Add(counts.NeverAnswered);
        long unread = 0;
        foreach (long moment in travel.Unread())
        {
            unread++;
            if (schedule.Measures(moment)) arrived.RecordAtLeast(now - moment);
        }
        if (unread > 0) counts.AddError("batch written and not read within a second", unread);
    }
}
