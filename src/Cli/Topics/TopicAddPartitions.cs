using System.CommandLine;
using Gateway.Cli.Connections;
using Gateway.Client;
using Gateway.Client.Topology;
using Gateway.Common.Errors;

namespace Gateway.Cli.Topics;

/// <summary><c>gateway topic add-partitions</c>.</summary>
internal static class TopicAddPartitions
{
    public static Command Create(ClientOptionSet options)
    {
        var command = new Command("add-partitions", """
            Add partitions to topics. Records that are there stay where they are; those with a key may go to another partition from then on.

            Example:
              gateway topic add-partitions orders -n 3
            """);
        var names = new Argument<string[]>("TOPIC") { Arity = ArgumentArity.OneOrMore, Description = "Names of the topics." };
        var number = new Option<int>("-n", "--num") { Description = "How many to add to each.", HelpName = "N", Required = true };
        var force = new Option<bool>("-f", "--force") { Description = "Internal topics too, whose records then may not be found any more." };
        var dryRun = new Option<bool>("-d", "--dry") { Description = "Only check whether they could be added." };
        command.Add(names);
        foreach (Option option in new Option[] { number, force, dryRun }) command.Add(option);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, client =>
        {
            int more = parsed.GetValue(number);
            if (more < 1) throw new CommandException($"-n: {more} is too few; say how many partitions to add, 1 or more");
            return TopicResults.ForEachAsync(
                parsed.GetValue(names)!,
                async name =>
                {
                    TopicView topic = await client.Admin.DescribeTopicAsync(name, cancel);
                    if (topic.IsInternal && !parsed.GetValue(force))
                        throw new KafkaErrorException(ErrorCode.InvalidTopicException, "its records may not be found any more with other partitions; -f adds them nevertheless");
                    await client.Admin.CreatePartitionsAsync(name, topic.Partitions.Length + more, parsed.GetValue(dryRun), cancel);
                    return "OK";
                },
                options.FormatOf(parsed),
                parsed.InvocationConfiguration.Output);
        }));
        return command;
    }
}
