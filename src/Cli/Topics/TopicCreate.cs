using System.CommandLine;
using Gateway.Cli.Connections;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Common.Errors;

namespace Gateway.Cli.Topics;

/// <summary><c>gateway topic create</c>.</summary>
internal static class TopicCreate
{
    public static Command Create(ClientOptionSet options)
    {
        var command = new Command("create", "Create topics.\n\nExample:\n  gateway topic create orders -p 3 -c retention.ms=86400000");
        var names = new Argument<string[]>("TOPIC") { Arity = ArgumentArity.OneOrMore, Description = "Names of the topics." };
        var partitions = new Option<int>("-p", "--partitions") { Description = "Partitions; -1 takes the broker's default.", HelpName = "N", DefaultValueFactory = _ => -1 };
        var replicas = new Option<short>("-r", "--replicas") { Description = "Replicas; -1 takes the broker's default.", HelpName = "N", DefaultValueFactory = _ => -1 };
        var configs = new Option<string[]>("-c", "--topic-config") { Description = "A topic setting; may be repeated.", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };
        var compact = new Option<bool>("--compact") { Description = "Keep the newest record of each key: -c cleanup.policy=compact." };
        var dryRun = new Option<bool>("-d", "--dry") { Description = "Only check whether it could be created." };
        var ifNotExists = new Option<bool>("--if-not-exists") { Description = "A topic that is there already is no failure." };
        command.Add(names);
        foreach (Option option in new Option[] { partitions, replicas, configs, compact, dryRun, ifNotExists }) command.Add(option);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, client =>
        {
            Dictionary<string, string?> settings = ParseConfigs("-c", parsed.GetValue(configs)!);
            if (parsed.GetValue(compact)) settings["cleanup.policy"] = "compact";
            return TopicResults.ForEachAsync(
                parsed.GetValue(names)!,
                async name =>
                {
                    try
                    {
                        var topic = new NewTopic(name, parsed.GetValue(partitions), parsed.GetValue(replicas), settings);
                        await client.Admin.CreateTopicAsync(topic, parsed.GetValue(dryRun), cancel);
                        return "OK";
                    }
                    catch (KafkaErrorException e) when (e.Code == ErrorCode.TopicAlreadyExists && parsed.GetValue(ifNotExists))
                    {
                        return "OK";
                    }
                },
                options.FormatOf(parsed),
                parsed.InvocationConfiguration.Output);
        }));
        return command;
    }

    /// <summary>Settings as words on the command line.</summary>
    public static Dictionary<string, string?> ParseConfigs(string option, string[] assignments)
    {
        var configs = new Dictionary<string, string?>();
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new CommandException($"{option}: '{assignment}' is not of the form key=value");
            configs[assignment[..equals]] = assignment[(equals + 1)..];
        }
        return configs;
    }
}
