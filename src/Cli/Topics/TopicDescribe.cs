using System.CommandLine;
using Gateway.Cli.Connections;
using Gateway.Cli.Output;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Client.Fetching;
using Gateway.Client.Topology;
using Gateway.Common.Ids;

namespace Gateway.Cli.Topics;

/// <summary><c>gateway topic describe</c>.</summary>
internal static class TopicDescribe
{
    public static Command Create(ClientOptionSet options)
    {
        var command = new Command("describe", "Show a topic's summary, settings and partitions.\n\nExample:\n  gateway topic describe orders -p") { Aliases = { "info" } };
        var names = new Argument<string[]>("TOPIC") { Arity = ArgumentArity.OneOrMore, Description = "Names of the topics." };
        var summary = new Option<bool>("-s", "--print-summary") { Description = "The summary (shown with the settings when nothing is chosen)." };
        var configs = new Option<bool>("-c", "--print-configs") { Description = "The settings." };
        var partitions = new Option<bool>("-p", "--print-partitions") { Description = "The partitions with their offsets." };
        var all = new Option<bool>("-a", "--print-all") { Description = "Everything." };
        var regex = new Option<bool>("-r", "--regex") { Description = "The names are regular expressions." };
        command.Add(names);
        foreach (Option option in new Option[] { summary, configs, partitions, all, regex }) command.Add(option);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, async client =>
        {
            var sections = TopicSections.Of(parsed.GetValue(summary), parsed.GetValue(configs), parsed.GetValue(partitions), parsed.GetValue(all));
            IReadOnlyList<TopicView> known = parsed.GetValue(regex) ? await client.Admin.ListTopicsAsync(cancel) : [];
            var reports = new List<TopicReport>();
            foreach (string name in TopicSelection.Names(known, parsed.GetValue(names)!, parsed.GetValue(regex)))
                reports.Add(await ReportAsync(client, name, cancel));
            if (options.FormatOf(parsed) == OutputFormat.Json) TopicReportPrinter.PrintJson(reports, parsed.InvocationConfiguration.Output);
            else TopicReportPrinter.PrintText(reports, sections, parsed.InvocationConfiguration.Output);
            return 0;
        }));
        return command;
    }

    private static async Task<TopicReport> ReportAsync(KafkaClient client, string name, CancellationToken cancel)
    {
        TopicView topic = await client.Admin.DescribeTopicAsync(name, cancel);
        IReadOnlyList<ConfigEntry> configs = await client.Admin.DescribeConfigsAsync(ConfigResourceType.Topic, name, cancel);
        TopicPartition[] partitions = [.. topic.Partitions.Select(p => new TopicPartition(name, p.Index))];
        IReadOnlyDictionary<TopicPartition, FoundOffset> starts = await client.OffsetLookup.FindAsync(partitions.ToDictionary(p => p, _ => OffsetLookup.Earliest), cancel);
        IReadOnlyDictionary<TopicPartition, FoundOffset> ends = await client.OffsetLookup.FindAsync(partitions.ToDictionary(p => p, _ => OffsetLookup.Latest), cancel);
        return new TopicReport(topic, configs, [.. topic.Partitions.Select((p, i) => new PartitionReport(p, starts[partitions[i]], ends[partitions[i]]))]);
    }
}
