using System.CommandLine;
using System.Globalization;
using Gateway.Bench.Kafka;
using Gateway.Cli;
using Gateway.Common.Records;

namespace Gateway.Bench.Commands;

/// <summary>What is written.</summary>
internal sealed class BatchOptions
{
    private const int MaxBatch = 64 << 20;
    private readonly Option<int> _size = new("--record-size") { Description = "Bytes of each value.", HelpName = "BYTES", DefaultValueFactory = _ => 1024 };
    private readonly Option<int> _records = new("--batch-records") { Description = "Records in each request.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<RecordShape> _shape = new("--shape") { Description = "What values are made of, which decides how they compress.", DefaultValueFactory = _ => RecordShape.Random };
    private readonly Option<int> _keys = new("--keys") { Description = "How many different keys records have, which a compacted topic needs; 0 for none.", HelpName = "N" };
    private readonly Option<int?> _schema = new("--schema-id") { Description = "Begin each value with this schema's id, as serialisers do; what follows is no data of it.", HelpName = "ID" };
    private readonly Option<CompressionType> _codec = new("-z", "--compression") { Description = "How batches are compressed.", HelpName = "CODEC", DefaultValueFactory = _ => CompressionType.None };

    /// <summary>Adds them to a command; HTTP has neither codec nor keys.</summary>
    public void AddTo(Command command, bool codec)
    {
        foreach (Option option in new Option[] { _size, _records, _shape }) command.Add(option);
        if (!codec) return;
        command.Add(_keys);
        command.Add(_schema);
        command.Add(_codec);
    }

    /// <summary>The batch asked for.</summary>
    /// <exception cref="CommandException">It would be empty or too large.</exception>
    public BatchShape Of(ParseResult parsed, bool codec)
    {
        int size = parsed.GetValue(_size), records = parsed.GetValue(_records);
        if (records < 1) throw new CommandException($"--batch-records: {records} is too few; use 1 or more");
        if (size < 0 || (long)size * records > MaxBatch) throw new CommandException($"--record-size: {records} × {size} bytes are not between 0 and {MaxBatch} in all");
        if (!codec) return new BatchShape(size, records, parsed.GetValue(_shape), CompressionType.None);
        int keys = parsed.GetValue(_keys);
        if (keys < 0) throw new CommandException($"--keys: {keys} is too few; use 1 or more, or 0 for records without a key");
        int? schema = parsed.GetValue(_schema);
        if (schema is not null && size < BatchShape.SchemaIdBytes)
            throw new CommandException($"--record-size: {size} is too few for a schema's id; use {BatchShape.SchemaIdBytes} or more");
        return new BatchShape(size, records, parsed.GetValue(_shape), parsed.GetValue(_codec)) { Keys = keys, SchemaId = schema };
    }

    /// <summary>How a report tells it.</summary>
    public static IEnumerable<(string Name, string Value)> Told(BatchShape batch)
    {
        yield return ("batch", string.Create(CultureInfo.InvariantCulture, $"{batch.Records} × {batch.RecordBytes} B, {batch.Shape.ToString().ToLowerInvariant()}, {batch.Codec.ToString().ToLowerInvariant()}{(batch.Keys > 0 ? $", {batch.Keys} keys" : "")}"));
    }
}
