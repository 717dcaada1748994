using System.Text.Json.Nodes;
using Gateway.Cli.Output;
using Gateway.Client.Admin;
using Gateway.Client.Fetching;
using Gateway.Common.Errors;

namespace Gateway.Cli.Topics;

/// <summary>Prints what <c>topic describe</c> found, in rpk's sections and JSON shape.</summary>
internal static class TopicReportPrinter
{
    public static void PrintText(IReadOnlyList<TopicReport> reports, TopicSections sections, TextWriter output)
    {
        foreach (TopicReport report in reports)
        {
            if (sections.Summary)
            {
                Heading(output, sections, "SUMMARY");
                output.WriteLine($"NAME        {report.Topic.Name}");
                if (report.Topic.IsInternal) output.WriteLine("INTERNAL    true");
                output.WriteLine($"PARTITIONS  {report.Topic.Partitions.Length}");
                output.WriteLine($"REPLICAS    {TopicList.ReplicasOf(report.Topic)}");
                if (sections.Count > 1) output.WriteLine();
            }
            if (sections.Configs)
            {
                Heading(output, sections, "CONFIGS");
                var table = new TextTable("KEY", "VALUE", "SOURCE");
                foreach (ConfigEntry config in report.Configs) table.Add(config.Name, config.Value, SourceOf(config.Source));
                table.WriteTo(output);
                if (sections.Partitions) output.WriteLine();
            }
            if (sections.Partitions)
            {
                Heading(output, sections, "PARTITIONS");
                var table = new TextTable("PARTITION", "LEADER", "EPOCH", "REPLICAS", "LOG-START-OFFSET", "HIGH-WATERMARK");
                foreach (PartitionReport p in report.Partitions)
                {
                    string replicas = $"[{string.Join(' ', p.Partition.Replicas)}]";
                    table.Add($"{p.Partition.Index}", $"{p.Partition.Leader}", $"{p.Partition.LeaderEpoch}", replicas, TextOf(p.LogStart), TextOf(p.HighWatermark));
                }
                table.WriteTo(output);
            }
        }
    }

    public static void PrintJson(IReadOnlyList<TopicReport> reports, TextWriter output) =>
        JsonOutput.WriteDocument(output, new JsonArray([.. reports.Select(report => new JsonObject
        {
            ["summary"] = new JsonObject
            {
                ["name"] = report.Topic.Name,
                ["internal"] = report.Topic.IsInternal,
                ["partitions"] = report.Topic.Partitions.Length,
                ["replicas"] = TopicList.ReplicasOf(report.Topic),
            },
            ["configs"] = new JsonArray([.. report.Configs.Select(c => new JsonObject { ["key"] = c.Name, ["value"] = c.Value, ["source"] = SourceOf(c.Source) })]),
            ["partitions"] = new JsonArray([.. report.Partitions.Select(PartitionJson)]),
        })]));

    private static JsonObject PartitionJson(PartitionReport p)
    {
        var json = new JsonObject
        {
            ["partition"] = p.Partition.Index,
            ["leader"] = p.Partition.Leader,
            ["epoch"] = p.Partition.LeaderEpoch,
            ["replicas"] = new JsonArray([.. p.Partition.Replicas.Select(r => JsonValue.Create(r))]),
            ["log_start_offset"] = p.LogStart.Offset,
            ["high_watermark"] = p.HighWatermark.Offset,
        };
        ErrorCode error = p.LogStart.Error != ErrorCode.None ? p.LogStart.Error : p.HighWatermark.Error;
        if (error != ErrorCode.None) json["error"] = KafkaErrorName.Of(error);
        return json;
    }

    private static void Heading(TextWriter output, TopicSections sections, string title)
    {
        if (sections.Count < 2) return;
        output.WriteLine(title);
        output.WriteLine(new string('=', title.Length));
    }

    private static string TextOf(FoundOffset offset) => offset.Error == ErrorCode.None ? $"{offset.Offset}" : KafkaErrorName.Of(offset.Error);

    private static string SourceOf(ConfigSource source) => source switch
    {
        ConfigSource.Topic => "DYNAMIC_TOPIC_CONFIG",
        ConfigSource.DynamicBroker => "DYNAMIC_BROKER_CONFIG",
        ConfigSource.DynamicDefaultBroker => "DYNAMIC_DEFAULT_BROKER_CONFIG",
        ConfigSource.StaticBroker => "STATIC_BROKER_CONFIG",
        ConfigSource.Default => "DEFAULT_CONFIG",
        _ => "UNKNOWN",
    };
}
