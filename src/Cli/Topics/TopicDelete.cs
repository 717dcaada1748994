using System.CommandLine;
using Gateway.Cli.Connections;

namespace Gateway.Cli.Topics;

/// <summary><c>gateway topic delete</c>.</summary>
internal static class TopicDelete
{
    public static Command Create(ClientOptionSet options)
    {
        var command = new Command("delete", "Delete topics with their records.\n\nExample:\n  gateway topic delete orders");
        var names = new Argument<string[]>("TOPIC") { Arity = ArgumentArity.OneOrMore, Description = "Names of the topics." };
        var regex = new Option<bool>("-r", "--regex") { Description = "The names are regular expressions; internal topics are never meant." };
        command.Add(names);
        command.Add(regex);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, async client =>
        {
            IEnumerable<string> topics = parsed.GetValue(names)!;
            if (parsed.GetValue(regex))
                topics = [.. TopicSelection.Names((await client.Admin.ListTopicsAsync(cancel)).Where(t => !t.IsInternal), [.. topics], regex: true)];
            return await TopicResults.ForEachAsync(
                topics,
                async name =>
                {
                    await client.Admin.DeleteTopicAsync(name, cancel);
                    return "OK";
                },
                options.FormatOf(parsed),
                parsed.InvocationConfiguration.Output);
        }));
        return command;
    }
}
