using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Cli.Connections;
using Gateway.Cli.Output;
using Gateway.Cli.Records.Format;
using Gateway.Cli.Registry;
using Gateway.Client;
using Gateway.Client.Producing;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Cli.Topics;

/// <summary><c>gateway topic produce</c>: records from standard input.</summary>
internal static class TopicProduce
{
    public static Command Create(ClientOptionSet options)
    {
        var command = new Command("produce", """
            Produce records read from standard input, one per line unless -f says otherwise.

            Example:
              echo 'a hello' | gateway topic produce orders -f '%k %v\n'
              echo '{"id":"a"}' | gateway topic produce orders --schema-id 7
              echo '{"id":"a"}' | gateway topic produce orders --use-schema-registry=value --schema-in-header
            """);
        SchemaOptionSet schemas = SchemaOptionSet.ForProduce();
        var topic = new Argument<string?>("TOPIC") { Arity = ArgumentArity.ZeroOrOne, Description = "The topic; may be left out when the format names it with %t." };
        var key = new Option<string?>("-k", "--key") { Description = "Key of every record.", HelpName = "KEY" };
        var headers = new Option<string[]>("-H", "--header") { Description = "A header of every record; may be repeated.", HelpName = "NAME:VALUE", DefaultValueFactory = _ => [] };
        var partition = new Option<int>("-p", "--partition") { Description = "The partition; -1 chooses by the key.", HelpName = "N", DefaultValueFactory = _ => -1 };
        var compression = new Option<string>("-z", "--compression") { Description = "none, gzip, snappy, lz4 or zstd.", HelpName = "CODEC", DefaultValueFactory = _ => "snappy" };
        var acks = new Option<int>("--acks") { Description = "-1 (all), 1 or 0.", HelpName = "N", DefaultValueFactory = _ => -1 };
        var tombstone = new Option<bool>("-Z", "--tombstone") { Description = "An empty value becomes null." };
        var inputFormat = new Option<string>("-f", "--input-format") { Description = "How records are read.", HelpName = "FORMAT", DefaultValueFactory = _ => "%v\\n" };
        var create = new Option<bool>("--allow-auto-topic-creation") { Description = "Create the topic if it is missing and the broker permits it." };
        command.Add(topic);
        foreach (Option option in new Option[] { key, headers, partition, compression, acks, tombstone, inputFormat, create }) command.Add(option);
        schemas.AddTo(command);
        command.SetAction((parsed, cancel) => options.WithClientAsync(parsed, async client =>
        {
            InputFormat format = ParseFormat(parsed.GetValue(inputFormat)!);
            List<RecordHeader> fixedHeaders = [.. parsed.GetValue(headers)!.Select(ParseHeader)];
            byte[]? fixedKey = parsed.GetValue(key) is { } text ? Encoding.UTF8.GetBytes(text) : null;
            var producerOptions = new ProducerOptions
            {
                Acks = ParseAcks(parsed.GetValue(acks)),
                Idempotent = parsed.GetValue(acks) == -1,
                Compression = ParseCompression(parsed.GetValue(compression)!),
                AllowTopicCreation = parsed.GetValue(create),
            };
            using RegistryClient? registry = schemas.IsAsked(parsed) ? options.RegistryOf(parsed) : null;
            bool inHeaders = schemas.NamesInHeaders(parsed);
            RecordEncoding? encoding = registry is null ? null : new RecordEncoding(registry, schemas.KeyOf(parsed).Choice, schemas.ValueOf(parsed).Choice, inHeaders);
            await using Producer producer = client.CreateProducer(producerOptions);
            var printer = new ProducedPrinter(options.FormatOf(parsed), parsed.InvocationConfiguration.Output);
            long number = 1;
            try
            {
                foreach (InputRecord record in format.Read(Console.OpenStandardInput()))
                {
                    string name = record.Topic ?? parsed.GetValue(topic) ?? throw new CommandException("no topic: give its name, or read it with %t in -f");
                    if (parsed.GetValue(tombstone) && record.Value is { Length: 0 }) record.Value = null;
                    record.Headers.AddRange(fixedHeaders);
                    (byte[]? recordKey, byte[]? value) = (record.Key ?? fixedKey, record.Value);
                    if (encoding is not null)
                    {
                        recordKey = await encoding.EncodeAsync(name, RecordPart.Key, recordKey, record.Headers, cancel);
                        value = await encoding.EncodeAsync(name, RecordPart.Value, value, record.Headers, cancel);
                    }
                    number++;
                    await printer.AddAsync(name, producer.ProduceAsync(
                        name, Memory(recordKey), Memory(value), record.Partition ?? parsed.GetValue(partition), record.Headers, cancel).AsTask());
                }
            }
            catch (FormatException e)
            {
                await printer.FinishAsync();
                throw new CommandException($"standard input, record {number}: {e.Message}", e);
            }
            return await printer.FinishAsync();
        }));
        return command;
    }

    // A null array must stay null: the conversion to memory would make it empty.
    private static ReadOnlyMemory<byte>? Memory(byte[]? bytes) => bytes is null ? (ReadOnlyMemory<byte>?)null : new ReadOnlyMemory<byte>(bytes);

    private static InputFormat ParseFormat(string text)
    {
        try
        {
            return InputFormat.Parse(text);
        }
        catch (FormatException e)
        {
            throw new CommandException($"-f: {e.Message}", e);
        }
    }

    private static RecordHeader ParseHeader(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0) throw new CommandException($"-H: '{text}' is not of the form name:value");
        return new RecordHeader(text[..colon], Encoding.UTF8.GetBytes(text[(colon + 1)..]));
    }

    private static Acks ParseAcks(int acks) =>
        acks is -1 or 0 or 1 ? (Acks)acks : throw new CommandException($"--acks: there is no {acks}; use -1, 1 or 0");

    private static CompressionType ParseCompression(string text) =>
        Enum.TryParse(text, ignoreCase: true, out CompressionType type) && Enum.IsDefined(type) && !char.IsAsciiDigit(text[0])
            ? type
            : throw new CommandException($"-z: there is no codec '{text}'; use none, gzip, snappy, lz4 or zstd");

    /// <summary>Prints the result of each record in order while later ones are under way.</summary>
    private sealed class ProducedPrinter(OutputFormat format, TextWriter output)
    {
        private const int UnderWayMax = 1000;
        private readonly Queue<(string Topic, Task<ProducedRecord> Result)> _underWay = new();
        private int _code;

        public async Task AddAsync(string topic, Task<ProducedRecord> result)
        {
            _underWay.Enqueue((topic, result));
            while (_underWay.Count > UnderWayMax || (_underWay.Count > 0 && _underWay.Peek().Result.IsCompleted)) await PrintOldestAsync();
        }

        public async Task<int> FinishAsync()
        {
            while (_underWay.Count > 0) await PrintOldestAsync();
            return _code;
        }

        private async Task PrintOldestAsync()
        {
            (string topic, Task<ProducedRecord> task) = _underWay.Dequeue();
            ProducedRecord result = await task;
            if (result.Error != ErrorCode.None)
            {
                _code = 1;
                string hint = result.Error == ErrorCode.UnknownTopicOrPartition ? $"; 'gateway topic create {topic}' creates it" : "";
                await Console.Error.WriteLineAsync($"gateway topic produce: {topic}: {KafkaErrorName.Of(result.Error)}{(result.Message is null ? "" : ": " + result.Message)}{hint}");
            }
            else if (format == OutputFormat.Json)
            {
                var json = new JsonObject { ["topic"] = topic, ["partition"] = result.Partition, ["offset"] = result.Offset };
                await output.WriteLineAsync(JsonOutput.OneLine(json));
            }
            else
            {
                await output.WriteLineAsync($"Produced to {topic} partition {result.Partition} at offset {result.Offset}");
            }
        }
    }
}
