using System.CommandLine;
using System.Globalization;
using Gateway.Cli.Connections;
using Gateway.Cli.Output;
using Gateway.Cli.Records;
using Gateway.Cli.Records.Format;
using Gateway.Cli.Registry;
using Gateway.Client;
using Gateway.Client.Fetching;
using Gateway.Client.Topology;

namespace Gateway.Cli.Topics;

/// <summary><c>gateway topic consume</c>: records to standard output.</summary>
internal static class TopicConsume
{
    public static Command Create(ClientOptionSet options)
    {
        var command = new Command("consume", """
            Print records, and follow the topic unless -o has an end or -n is given.

            Offsets: start, end, N, +N (after the start), -N (before the end), A:B, :end (up to the present end), @TIME, @TIME:TIME.

            Example:
              gateway topic consume orders -o -10:end -f '%p %o %k %v\n'
              gateway topic consume orders --use-schema-registry=value
            """);
        SchemaOptionSet schemas = SchemaOptionSet.ForConsume();
        var topics = new Argument<string[]>("TOPIC") { Arity = ArgumentArity.OneOrMore, Description = "Names of the topics." };
        var offset = new Option<string>("-o", "--offset") { Description = "From where, and up to where.", HelpName = "RANGE", DefaultValueFactory = _ => "start" };
        var count = new Option<long>("-n", "--num") { Description = "Stop after so many records.", HelpName = "N" };
        var partitions = new Option<string?>("-p", "--partitions") { Description = "Only these partitions.", HelpName = "N,…" };
        var group = new Option<string?>("-g", "--group") { Description = "Read as a member of this group; commits what was printed.", HelpName = "GROUP" };
        var committed = new Option<bool>("--read-committed") { Description = "Leave records of open and aborted transactions out." };
        var regex = new Option<bool>("-r", "--regex") { Description = "The names are regular expressions." };
        var format = new Option<string?>("-f", "--record-format") { Description = "How a record is printed, or json. Default: json", HelpName = "FORMAT" };
        var pretty = new Option<bool>("--pretty-print") { Description = "JSON over several lines. Off when the output is redirected.", DefaultValueFactory = _ => !Console.IsOutputRedirected };
        command.Add(topics);
        foreach (Option option in new Option[] { offset, count, partitions, group, committed, regex, format, pretty }) command.Add(option);
        schemas.AddTo(command);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, async client =>
        {
            OffsetRange range = ParseRange(parsed.GetValue(offset)!);
            if (parsed.GetValue(group) is not null && range.To is not null) throw new CommandException("-o: a group cannot stop at an offset; leave the end out, or leave -g out");
            RecordWriter writer = WriterOf(parsed.GetValue(format), parsed.GetValue(pretty), options.FormatOf(parsed));
            IReadOnlyList<TopicView> known = parsed.GetValue(regex) ? await client.Admin.ListTopicsAsync(cancel) : [];
            string[] names = [.. TopicSelection.Names(known, parsed.GetValue(topics)!, parsed.GetValue(regex))];
            if (names.Length == 0) throw new CommandException("no topic matches");
            var settings = new ConsumeSettings(
                names, ParsePartitions(parsed.GetValue(partitions)), range, parsed.GetValue(count), parsed.GetValue(group),
                parsed.GetValue(committed) ? IsolationLevel.ReadCommitted : IsolationLevel.ReadUncommitted);
            await using Stream output = Console.OpenStandardOutput();
            using RegistryClient? registry = schemas.IsAsked(parsed) ? options.RegistryOf(parsed) : null;
            RecordDecoding? decoding = registry is null ? null : new RecordDecoding(registry, DecodingOf(schemas.KeyOf(parsed)), DecodingOf(schemas.ValueOf(parsed)));
            var loop = new ConsumeLoop(client, settings, decoding, record => writer(output, record));
            await loop.RunAsync(output, cancel);
            return 0;
        }));
        return command;
    }

    private delegate void RecordWriter(Stream output, ConsumedRecord record);

    private static PartDecoding? DecodingOf((bool Asked, SchemaChoice? Choice) part) => part.Asked ? new PartDecoding(part.Choice) : null;

    private static RecordWriter WriterOf(string? format, bool pretty, OutputFormat outputFormat)
    {
        if (format is null or "json")
        {
            bool lines = !pretty || outputFormat == OutputFormat.Json;
            return (output, record) => output.Write(JsonOutput.Utf8Line(RecordJson.Of(record), indented: !lines));
        }
        try
        {
            return RecordFormat.Parse(format).Write;
        }
        catch (FormatException e)
        {
            throw new CommandException($"-f: {e.Message}", e);
        }
    }

    private static OffsetRange ParseRange(string text)
    {
        try
        {
            return OffsetRange.Parse(text, DateTimeOffset.UtcNow);
        }
        catch (FormatException e)
        {
            throw new CommandException($"-o: {e.Message}", e);
        }
    }

    private static HashSet<int> ParsePartitions(string? text)
    {
        var partitions = new HashSet<int>();
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int partition)) throw new CommandException($"-p: '{part}' is no partition");
            partitions.Add(partition);
        }
        return partitions;
    }
}
