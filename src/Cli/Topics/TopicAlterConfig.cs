using System.CommandLine;
using Gateway.Cli.Connections;
using Gateway.Client.Admin;

namespace Gateway.Cli.Topics;

/// <summary><c>gateway topic alter-config</c>.</summary>
internal static class TopicAlterConfig
{
    public static Command Create(ClientOptionSet options)
    {
        var command = new Command("alter-config", """
            Change settings of topics and leave the others as they are.

            Example:
              gateway topic alter-config orders -s retention.ms=86400000 -d cleanup.policy
            """);
        var names = new Argument<string[]>("TOPIC") { Arity = ArgumentArity.OneOrMore, Description = "Names of the topics." };
        Option<string[]> set = Change("-s", "--set", "Give a setting a value; may be repeated.", "KEY=VALUE");
        Option<string[]> delete = Change("-d", "--delete", "Give a setting the broker's default again; may be repeated.", "KEY");
        Option<string[]> append = Change("--append", null, "Add a value to a setting that is a list; may be repeated.", "KEY=VALUE");
        Option<string[]> subtract = Change("--subtract", null, "Take a value from a setting that is a list; may be repeated.", "KEY=VALUE");
        var dryRun = new Option<bool>("--dry") { Description = "Only check whether they could be changed." };
        command.Add(names);
        foreach (Option option in new Option[] { set, delete, append, subtract, dryRun }) command.Add(option);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, client =>
        {
            List<ConfigChange> changes =
            [
                .. Changes(parsed, set, ConfigOperation.Set),
                .. parsed.GetValue(delete)!.Select(static name => new ConfigChange(name, ConfigOperation.Delete, null)),
                .. Changes(parsed, append, ConfigOperation.Append),
                .. Changes(parsed, subtract, ConfigOperation.Subtract),
            ];
            if (changes.Count == 0) throw new CommandException("nothing is to be changed; say what with -s, -d, --append or --subtract");
            return TopicResults.ForEachAsync(
                parsed.GetValue(names)!,
                async name =>
                {
                    await client.Admin.AlterConfigsAsync(ConfigResourceType.Topic, name, changes, parsed.GetValue(dryRun), cancel);
                    return "OK";
                },
                options.FormatOf(parsed),
                parsed.InvocationConfiguration.Output);
        }));
        return command;
    }

    private static Option<string[]> Change(string name, string? alias, string description, string helpName)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => [] };
        if (alias is not null) option.Aliases.Add(alias);
        return option;
    }

    private static IEnumerable<ConfigChange> Changes(ParseResult parsed, Option<string[]> option, ConfigOperation operation) =>
        TopicCreate.ParseConfigs(option.Name, parsed.GetValue(option)!).Select(change => new ConfigChange(change.Key, operation, change.Value));
}
