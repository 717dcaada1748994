using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Connections;
using Gateway.Cli.Output;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Client.Consuming;
using Gateway.Client.Fetching;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Cli.Groups;

/// <summary><c>gateway group describe</c>.</summary>
internal static class GroupDescribe
{
    public static Command Create(ClientOptionSet options)
    {
        var command = new Command("describe", "Show a group's members, offsets and lag.\n\nExample:\n  gateway group describe readers") { Aliases = { "info" } };
        var names = new Argument<string[]>("GROUP") { Arity = ArgumentArity.OneOrMore, Description = "Names of the groups." };
        var summary = new Option<bool>("-s", "--print-summary") { Description = "Only the summary." };
        command.Add(names);
        command.Add(summary);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, async client =>
        {
            var reports = new List<GroupReport>();
            foreach (string name in parsed.GetValue(names)!) reports.Add(await ReportAsync(client, name, cancel));
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (options.FormatOf(parsed) == OutputFormat.Json) JsonOutput.WriteDocument(output, new JsonArray([.. reports.Select(JsonOf)]));
            else foreach (GroupReport report in reports) PrintText(report, parsed.GetValue(summary), output);
            return 0;
        }));
        return command;
    }

    private static async Task<GroupReport> ReportAsync(KafkaClient client, string name, CancellationToken cancel)
    {
        GroupDescription group = await client.Groups.DescribeAsync(name, cancel);
        if (group.Error != ErrorCode.None) throw new KafkaErrorException(group.Error, $"group '{name}' cannot be described");
        IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = await client.Groups.OffsetsAsync(name, cancel);
        if (group.State == "Dead" && committed.Count == 0) throw new KafkaErrorException(ErrorCode.GroupIdNotFound, $"there is no group '{name}'");
        TopicPartition[] partitions = [.. committed.Keys.Union(group.Members.SelectMany(m => m.Partitions)).OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition)];
        IReadOnlyDictionary<TopicPartition, FoundOffset> starts = await client.OffsetLookup.FindAsync(partitions.ToDictionary(p => p, _ => OffsetLookup.Earliest), cancel);
        IReadOnlyDictionary<TopicPartition, FoundOffset> ends = await client.OffsetLookup.FindAsync(partitions.ToDictionary(p => p, _ => OffsetLookup.Latest), cancel);
        return new GroupReport(group, [.. partitions.Select(p => new PartitionLag(
            p,
            committed.TryGetValue(p, out CommittedOffset offset) ? offset.Offset : null,
            starts[p],
            ends[p],
            group.Members.FirstOrDefault(m => m.Partitions.Contains(p))))]);
    }

    private static void PrintText(GroupReport report, bool summaryOnly, TextWriter output)
    {
        output.WriteLine($"GROUP      {report.Group.Group}");
        output.WriteLine($"STATE      {report.Group.State}");
        output.WriteLine($"BALANCER   {report.Group.Protocol}");
        output.WriteLine($"MEMBERS    {report.Group.Members.Count}");
        output.WriteLine($"TOTAL-LAG  {report.TotalLag}");
        output.WriteLine();
        if (summaryOnly) return;
        var table = new TextTable("TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-START-OFFSET", "LOG-END-OFFSET", "LAG", "MEMBER-ID", "CLIENT-ID", "HOST");
        foreach (PartitionLag p in report.Partitions)
        {
            table.Add(
                p.Partition.Topic, $"{p.Partition.Partition}", p.Committed?.ToString(), TextOf(p.LogStart), TextOf(p.LogEnd), p.Lag?.ToString(),
                p.Member?.MemberId, p.Member?.ClientId, p.Member?.Host);
        }
        table.WriteTo(output);
    }

    private static JsonObject JsonOf(GroupReport report) => new()
    {
        ["group_name"] = report.Group.Group,
        ["state"] = report.Group.State,
        ["balancer"] = report.Group.Protocol,
        ["members"] = report.Group.Members.Count,
        ["total_lag"] = report.TotalLag,
        ["partitions"] = new JsonArray([.. report.Partitions.Select(p => new JsonObject
        {
            ["topic"] = p.Partition.Topic,
            ["partition"] = p.Partition.Partition,
            ["current_offset"] = p.Committed,
            ["log_start_offset"] = p.LogStart.Offset,
            ["log_end_offset"] = p.LogEnd.Offset,
            ["lag"] = p.Lag,
            ["member_id"] = p.Member?.MemberId,
        })]),
        ["members_details"] = new JsonArray([.. report.Group.Members.Select(m => new JsonObject
        {
            ["member_id"] = m.MemberId,
            ["instance_id"] = m.InstanceId,
            ["client_id"] = m.ClientId,
            ["host"] = m.Host,
        })]),
    };

    private static string TextOf(FoundOffset offset) => offset.Error == ErrorCode.None ? $"{offset.Offset}" : KafkaErrorName.Of(offset.Error);
}
