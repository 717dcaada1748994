using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Connections;
using Gateway.Cli.Output;
using Gateway.Client.Topology;

namespace Gateway.Cli.Topics;

/// <summary><c>gateway topic list</c>.</summary>
internal static class TopicList
{
    public static Command Create(ClientOptionSet options)
    {
        var command = new Command("list", "List topics.\n\nExample:\n  gateway topic list --format json") { Aliases = { "ls" } };
        var names = new Argument<string[]>("TOPIC") { Arity = ArgumentArity.ZeroOrMore, Description = "Only these." };
        var regex = new Option<bool>("-r", "--regex") { Description = "The names are regular expressions." };
        var isInternal = new Option<bool>("-i", "--internal") { Description = "Internal topics too." };
        command.Add(names);
        command.Add(regex);
        command.Add(isInternal);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, async client =>
        {
            IReadOnlyList<TopicView> topics = await client.Admin.ListTopicsAsync(cancel);
            string[] wanted = parsed.GetValue(names)!;
            if (wanted.Length > 0)
            {
                var chosen = TopicSelection.Names(topics, wanted, parsed.GetValue(regex)).ToHashSet();
                topics = [.. topics.Where(t => chosen.Contains(t.Name))];
            }
            if (!parsed.GetValue(isInternal)) topics = [.. topics.Where(t => !t.IsInternal)];
            Print(topics, options.FormatOf(parsed), parsed.InvocationConfiguration.Output);
            return 0;
        }));
        return command;
    }

    private static void Print(IReadOnlyList<TopicView> topics, OutputFormat format, TextWriter output)
    {
        if (format == OutputFormat.Json)
        {
            JsonOutput.WriteDocument(output, new JsonArray([.. topics.Select(t => new JsonObject
            {
                ["name"] = t.Name,
                ["internal"] = t.IsInternal,
                ["partitions"] = t.Partitions.Length,
                ["replicas"] = ReplicasOf(t),
            })]));
            return;
        }
        var table = new TextTable("NAME", "PARTITIONS", "REPLICAS");
        foreach (TopicView topic in topics) table.Add(topic.Name, $"{topic.Partitions.Length}", $"{ReplicasOf(topic)}");
        table.WriteTo(output);
    }

    /// <summary>Replicas per partition, as the first partition has them.</summary>
    internal static int ReplicasOf(TopicView topic) => topic.Partitions.Length == 0 ? 0 : topic.Partitions[0].Replicas.Length;
}
