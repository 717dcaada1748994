using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Connections;
using Gateway.Cli.Output;
using Gateway.Client.Admin;

namespace Gateway.Cli.Groups;

/// <summary><c>gateway group list</c>.</summary>
internal static class GroupList
{
    public static Command Create(ClientOptionSet options)
    {
        var command = new Command("list", "List consumer groups.\n\nExample:\n  gateway group list -s Stable") { Aliases = { "ls" } };
        var states = new Option<string[]>("-s", "--states") { Description = "Only groups in these states, separated by commas.", HelpName = "STATE,…", DefaultValueFactory = _ => [] };
        command.Add(states);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, async client =>
        {
            HashSet<string> wanted = [.. parsed.GetValue(states)!.SelectMany(s => s.Split(','))];
            wanted = new HashSet<string>(wanted, StringComparer.OrdinalIgnoreCase);
            IReadOnlyList<GroupListing> groups = [.. (await client.Groups.ListAsync(cancel)).Where(g => wanted.Count == 0 || wanted.Contains(g.State))];
            Print(groups, options.FormatOf(parsed), parsed.InvocationConfiguration.Output);
            return 0;
        }));
        return command;
    }

    private static void Print(IReadOnlyList<GroupListing> groups, OutputFormat format, TextWriter output)
    {
        if (format == OutputFormat.Json)
        {
            JsonOutput.WriteDocument(output, new JsonArray([.. groups.Select(g => new JsonObject
            {
                ["group"] = g.Group,
                ["state"] = g.State,
                ["protocol_type"] = g.ProtocolType,
                ["type"] = g.Type,
            })]));
            return;
        }
        var table = new TextTable("GROUP", "STATE", "TYPE");
        foreach (GroupListing group in groups) table.Add(group.Group, group.State, group.Type);
        table.WriteTo(output);
    }
}
