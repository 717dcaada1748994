using System.Text;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Tests.State;

/// <summary>Applies records to an empty state, as a start does.</summary>
internal static class Replay
{
    public static RegistryImage Of(IEnumerable<TopicRecord> records)
    {
        var state = new RegistryState();
        foreach (var record in records) state.Apply(record);
        return state.ToImage();
    }

    public static RegistryImage Of(params (string Key, string? Value)[] records) => Of(MemorySchemaTopic.With(records).Records);

    /// <summary>What compaction leaves: the last record of each key, and no removals once they are old.</summary>
    public static IEnumerable<TopicRecord> Compact(IReadOnlyList<TopicRecord> records) => records
        .GroupBy(record => Encoding.UTF8.GetString(record.Key!))
        .Select(group => group.Last())
        .Where(record => record.Value is not null)
        .OrderBy(record => record.Offset);

    public static string Schema(string subject, int version, int id, string text = "\\\"int\\\"", string more = "") =>
        $$"""{"subject":"{{subject}}","version":{{version}},"id":{{id}},"schema":"{{text}}","deleted":false{{more}}}""";

    public static string Key(string subject, int version) => $$"""{"keytype":"SCHEMA","subject":"{{subject}}","version":{{version}},"magic":1}""";
}
