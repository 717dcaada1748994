using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Cli.Records;
using Gateway.Schemas;

namespace Gateway.Cli.Registry;

/// <summary>How keys or values are decoded.</summary>
/// <param name="Reader">
/// The schema to see them by, whatever schema wrote them; those that do not begin with a schema id are taken for data of it. Null shows
/// each by the schema that wrote it.
/// </param>
public sealed record PartDecoding(SchemaChoice? Reader);

/// <summary>Turns keys and values that carry a schema id into JSON.</summary>
/// <param name="registry">Where schemas come from.</param>
/// <param name="key">How keys are decoded; null leaves them as they are.</param>
/// <param name="value">How values are decoded; null leaves them as they are.</param>
public sealed class RecordDecoding(RegistryClient registry, PartDecoding? key, PartDecoding? value)
{
    // A terminal or a pipe reads this, never a web page.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<(string Topic, RecordPart Part), KnownSchema> _readers = [];
    private readonly Dictionary<SchemaIdentity, string> _missing = [];

    /// <summary>The record with its key and value as JSON, and the ids of their schemas.</summary>
    /// <exception cref="FormatException">A key or value cannot be decoded.</exception>
    /// <exception cref="CommandException">No registry answers, or the schema to read by is not to be had.</exception>
    public async ValueTask<ConsumedRecord> DecodeAsync(ConsumedRecord record, CancellationToken cancel)
    {
        if (key is not null && record.Record.Key is not null)
        {
            (byte[] json, int id) = await DecodeAsync(record, RecordPart.Key, key, cancel);
            record = record with { Record = record.Record with { Key = json }, KeySchemaId = id };
        }
        if (value is not null && record.Record.Value is not null)
        {
            (byte[] json, int id) = await DecodeAsync(record, RecordPart.Value, value, cancel);
            record = record with { Record = record.Record with { Value = json }, ValueSchemaId = id };
        }
        return record;
    }

    private async ValueTask<(byte[] Json, int SchemaId)> DecodeAsync(
        ConsumedRecord record, RecordPart part, PartDecoding how, CancellationToken cancel)
    {
        bool isKey = part == RecordPart.Key;
        string what = RecordParts.NameOf(part);
        KnownSchema? reader = how.Reader is { } choice ? await ReaderAsync(record.Topic, part, choice, cancel) : null;
        SchemaIdentity? named = Named(record, isKey);
        if (named is null && reader is null) throw new FormatException($"the {what} does not begin with a schema id");
        KnownSchema writer = named is { } identity ? await NamedAsync(identity, cancel) : reader!;
        if (reader is not null && reader.Schema.SchemaType != writer.Schema.SchemaType)
            throw new FormatException($"the {what} is {writer.Schema.SchemaType} of schema {named}, and schema {reader.Id} is {reader.Schema.SchemaType}");
        try
        {
            FramedData framed = FramedData.Of(record.Record, isKey);
            ReadOnlyMemory<byte> bare = (isKey ? record.Record.Key : record.Record.Value).GetValueOrDefault();
            return (Decode(reader, writer, named is null ? Payload(writer.Schema, bare.Span) : framed.PayloadFor(writer.Schema.SchemaType)), writer.Id);
        }
        catch (Exception failure) when (failure is SchemaDataException or SchemaBudgetException or InvalidOperationException)
        {
            throw new FormatException($"the {what} is not data of schema {writer.Id}: {failure.Message}", failure);
        }
    }

    private static SchemaIdentity? Named(ConsumedRecord record, bool isKey)
    {
        FramedData framed = FramedData.Of(record.Record, isKey);
        return framed.IsFound ? framed.Identity : null;
    }

    /// <summary>Bare bytes as a payload: a Protobuf message that names no type is of the first one.</summary>
    private static ReadOnlySpan<byte> Payload(ISchema schema, ReadOnlySpan<byte> bare) =>
        schema.SchemaType == SchemaTypes.Protobuf ? (byte[])[0, .. bare] : bare;

    private static byte[] Decode(KnownSchema? reader, KnownSchema writer, ReadOnlySpan<byte> payload)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Readable))
        {
            if (reader is null || reader.Id == writer.Id) writer.Schema.DecodeToJson(payload, JsonForm.Exact, json, SchemaBudget.Default);
            else reader.Schema.DecodeToJson(writer.Schema, payload, JsonForm.Exact, json, SchemaBudget.Default);
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A record may name any schema; one that is not there is that record's fault, and is asked for once.</summary>
    private async ValueTask<KnownSchema> NamedAsync(SchemaIdentity identity, CancellationToken cancel)
    {
        if (_missing.TryGetValue(identity, out string? why)) throw new FormatException(why);
        try
        {
            return identity.IsGuid ? await registry.FindAsync(identity.Guid, cancel) : await registry.FindAsync(identity.Id, cancel);
        }
        catch (SchemaNotFoundException failure)
        {
            throw new FormatException(_missing[identity] = failure.Message, failure);
        }
    }

    private async ValueTask<KnownSchema> ReaderAsync(string topic, RecordPart part, SchemaChoice choice, CancellationToken cancel)
    {
        if (_readers.TryGetValue((topic, part), out KnownSchema? known)) return known;
        return _readers[(topic, part)] = await ChosenSchema.FindAsync(registry, choice, topic, part, cancel);
    }
}
