using Gateway.Client.Admin;
using Gateway.Client.Fetching;
using Gateway.Client.Topology;

namespace Gateway.Cli.Topics;

/// <summary>Everything <c>topic describe</c> knows about a topic.</summary>
internal sealed record TopicReport(TopicView Topic, IReadOnlyList<ConfigEntry> Configs, IReadOnlyList<PartitionReport> Partitions);

/// <summary>A partition with the ends of its log.</summary>
internal sealed record PartitionReport(PartitionView Partition, FoundOffset LogStart, FoundOffset HighWatermark);

/// <summary>Which sections are shown.</summary>
internal readonly record struct TopicSections(bool Summary, bool Configs, bool Partitions)
{
    /// <summary>With nothing chosen, summary and settings.</summary>
    public static TopicSections Of(bool summary, bool configs, bool partitions, bool all)
    {
        if (all) return new TopicSections(true, true, true);
        return summary || configs || partitions ? new TopicSections(summary, configs, partitions) : new TopicSections(true, true, false);
    }

    /// <summary>How many sections there are; with more than one, each has a heading.</summary>
    public int Count => (Summary ? 1 : 0) + (Configs ? 1 : 0) + (Partitions ? 1 : 0);
}
