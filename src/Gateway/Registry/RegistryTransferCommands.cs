using System.CommandLine;
using Gateway.Cli;
using Gateway.Cli.Connections;
using Gateway.Client;
using Gateway.SchemaRegistry;
using Gateway.SchemaRegistry.Topic;
using Gateway.SchemaRegistry.Transfer;

namespace Gateway.Registry;

/// <summary>
/// <c>gateway registry export|import</c>. They read and write the registry's topic on any Kafka cluster by the registry's own rules, so they live here,
/// where both the command line and the registry are known.
/// </summary>
public static class RegistryTransferCommands
{
    /// <summary>Both commands.</summary>
    public static IEnumerable<Command> Create(ClientOptionSet options) => [Export(options), Import(options)];

    private static Command Export(ClientOptionSet options)
    {
        var command = new Command("export", """
            Write everything a registry's topic holds as lines of JSON, from any Kafka cluster and whichever registry wrote it.

            Example:
              gateway registry export -X brokers=old:9092 > registry.jsonl
            """);
        var profile = new Option<string>("--profile")
        {
            Description = $"Which registry is to read it: {string.Join(", ", ExportProfiles.Names)}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => ExportProfiles.Names[0],
        };
        var file = new Option<string?>("-o", "--output") { Description = "The file to write. Default: standard output.", HelpName = "FILE" };
        var topic = TopicOption();
        command.Add(profile);
        command.Add(file);
        command.Add(topic);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, async client =>
        {
            ExportProfile chosen = ExportProfiles.Parse(parsed.GetValue(profile)!)
                ?? throw new CommandException($"--profile: there is no profile '{parsed.GetValue(profile)}'; there are {string.Join(", ", ExportProfiles.Names)}");
            return await WithTopicAsync(client, parsed.GetValue(topic)!, async schemas =>
            {
                await using Stream output = parsed.GetValue(file) is { } path ? File.Create(path) : Console.OpenStandardOutput();
                TransferSummary done = await RegistryTransfer.ExportAsync(schemas, chosen, output, cancel);
                await Console.Error.WriteLineAsync($"{done.Versions} versions of {done.Subjects} subjects in {done.Records} records");
                foreach (string left in done.LeftOut) await Console.Error.WriteLineAsync($"left out, because {parsed.GetValue(profile)} does not take it: {left}");
            });
        }));
        return command;
    }

    private static Command Import(ClientOptionSet options)
    {
        var command = new Command("import", """
            Bring an export into a registry's topic, with its ids, versions, settings and modes. Nothing is written when one of them stands for something
            else there. A registry that runs on the topic knows it all a moment later.

            Example:
              gateway registry import registry.jsonl
            """);
        var file = new Argument<string>("FILE") { Description = "The export; - reads standard input." };
        var topic = TopicOption();
        command.Add(file);
        command.Add(topic);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, client => WithTopicAsync(client, parsed.GetValue(topic)!, async schemas =>
        {
            string path = parsed.GetValue(file)!;
            await using Stream input = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            TransferSummary done = await RegistryTransfer.ImportAsync(schemas, input, cancel);
            await Console.Error.WriteLineAsync($"{done.Versions} versions of {done.Subjects} subjects in {done.Records} records");
            if (done.PassedOver > 0) await Console.Error.WriteLineAsync($"{done.PassedOver} lines counted for nothing");
        })));
        return command;
    }

    private static Option<string> TopicOption() => new("--topic")
    {
        Description = "The registry's topic.",
        HelpName = "TOPIC",
        DefaultValueFactory = _ => new RegistryOptions().TopicName,
    };

    private static async Task<int> WithTopicAsync(KafkaClient client, string name, Func<ISchemaTopic, Task> action)
    {
        try
        {
            await using var topic = new KafkaSchemaTopic(client, new RegistryOptions { TopicName = name });
            await action(topic);
            return 0;
        }
        catch (Exception fault) when (fault is TransferException or SchemaTopicException or UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(fault.Message, fault);
        }
    }
}
