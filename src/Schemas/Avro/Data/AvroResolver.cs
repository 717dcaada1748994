using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Schemas.Avro.Compatibility;
using Gateway.Schemas.Avro.Model;

namespace Gateway.Schemas.Avro.Data;

/// <summary>Reads a writer's data as a reader's value: fields matched by name and alias, defaults filled in, numbers widened.</summary>
internal sealed class AvroResolver(JsonForm form, SchemaBudget budget)
{
    private static readonly JsonWriterOptions Raw = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly Dictionary<(AvroUnion Reader, AvroSchema Writer), AvroSchema> _best = [];
    private readonly Dictionary<(AvroRecord Reader, AvroRecord Writer), int[]> _places = [];
    private readonly Dictionary<AvroField, byte[]> _defaults = [];

    public static void Decode(
        AvroSchema reader, AvroSchema writer, ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget)
    {
        var input = new AvroBinaryReader(payload, AvroJsonDecoder.For(payload, budget));
        new AvroResolver(form, budget).Value(reader, writer, ref input, output);
        if (input.Remaining > 0) throw new SchemaDataException($"{input.Remaining} bytes are left over after the value");
    }

    private void Value(AvroSchema reader, AvroSchema writer, ref AvroBinaryReader input, Utf8JsonWriter output)
    {
        input.Meter.Enter();
        if (writer is AvroUnion writerUnion)
            Value(reader, writerUnion.Branches[input.ReadBranch(writerUnion.Branches.Count)], ref input, output);
        else if (reader is AvroUnion readerUnion) IntoUnion(readerUnion, writer, ref input, output);
        else if (reader.Type == writer.Type) SameType(reader, writer, ref input, output);
        else Promoted(reader, writer, ref input, output);
        input.Meter.Leave();
    }

    private void SameType(AvroSchema reader, AvroSchema writer, ref AvroBinaryReader input, Utf8JsonWriter output)
    {
        if (reader is AvroNamed readerNamed && !AvroComparison.NamesAgree(readerNamed, (AvroNamed)writer)) throw Mismatch(reader, writer);
        switch (reader, writer)
        {
            case (AvroRecord a, AvroRecord b):
                Record(a, b, ref input, output);
                break;
            case (AvroEnum a, AvroEnum b):
                var symbol = b.Symbols[input.ReadSymbol(b.Symbols.Count)];
                input.Names.Take(Math.Max(symbol.Length, a.DefaultSymbol?.Length ?? 0));
                output.WriteStringValue(a.OrdinalOf(symbol) >= 0 ? symbol : a.DefaultSymbol ?? throw new SchemaDataException($"The reader's enum {a.Name.Full} has no symbol {symbol} and no default"));
                break;
            case (AvroFixed a, AvroFixed b):
                if (a.Size != b.Size) throw Mismatch(reader, writer);
                AvroJsonDecoder.Value(b, ref input, form, output);
                break;
            case (AvroArray a, AvroArray b):
                output.WriteStartArray();
                for (var count = input.ReadBlockCount(out _); count > 0; count = input.ReadBlockCount(out _))
                    for (; count > 0; count--) Value(a.Items, b.Items, ref input, output);
                output.WriteEndArray();
                break;
            case (AvroMap a, AvroMap b):
                output.WriteStartObject();
                for (var count = input.ReadBlockCount(out _); count > 0; count = input.ReadBlockCount(out _))
                {
                    for (; count > 0; count--)
                    {
                        output.WritePropertyName(input.ReadUtf8());
                        Value(a.Values, b.Values, ref input, output);
                    }
                }
                output.WriteEndObject();
                break;
            default:
                AvroJsonDecoder.Value(writer, ref input, form, output);
                break;
        }
    }

    private static void Promoted(AvroSchema reader, AvroSchema writer, ref AvroBinaryReader input, Utf8JsonWriter output)
    {
        switch (reader.Type, writer.Type)
        {
            case (AvroType.Long, AvroType.Int):
                output.WriteNumberValue(input.ReadInt());
                break;
            case (AvroType.Float, AvroType.Int):
                AvroJsonText.WriteFloat(output, input.ReadInt());
                break;
            case (AvroType.Float, AvroType.Long):
                AvroJsonText.WriteFloat(output, input.ReadLong());
                break;
            case (AvroType.Double, AvroType.Int):
                AvroJsonText.WriteDouble(output, input.ReadInt());
                break;
            case (AvroType.Double, AvroType.Long):
                AvroJsonText.WriteDouble(output, input.ReadLong());
                break;
            case (AvroType.Double, AvroType.Float):
                AvroJsonText.WriteDouble(output, input.ReadFloat());
                break;
            case (AvroType.String, AvroType.Bytes):
                // Any bytes can be read as a string; what is no text in them is replaced, as the JVM library does.
                output.WriteStringValue(Encoding.UTF8.GetString(input.ReadBytes()));
                break;
            case (AvroType.Bytes, AvroType.String):
                AvroJsonText.WriteBytes(output, input.ReadBytes());
                break;
            default:
                throw Mismatch(reader, writer);
        }
    }

    private void IntoUnion(AvroUnion reader, AvroSchema writer, ref AvroBinaryReader input, Utf8JsonWriter output)
    {
        // Telling two branches of the writer's short name apart compares whole schemas: once for all values.
        if (!_best.TryGetValue((reader, writer), out var branch)) _best[(reader, writer)] = branch = Best(reader, writer);
        var tagged = form == JsonForm.Exact && branch.Type != AvroType.Null;
        if (tagged)
        {
            output.WriteStartObject();
            input.Names.Take(branch.BranchName.Length);
            output.WritePropertyName(branch.BranchName);
        }
        Value(branch, writer, ref input, output);
        if (tagged) output.WriteEndObject();
    }

    /// <summary>
    /// The branch that carries the writer's name or is of its kind, whether or not all of it can be read: that shows when it occurs. Next a
    /// branch that goes by the writer's short name or names it as an alias, and last one that widens it.
    /// </summary>
    private AvroSchema Best(AvroUnion reader, AvroSchema writer)
    {
        AvroSchema? named = null, wider = null;
        foreach (var branch in reader.Branches)
        {
            if (branch.Type != writer.Type)
            {
                if (wider is null && AvroComparison.IsPromotion(writer.Type, branch.Type)) wider = branch;
            }
            else if (branch.BranchName == writer.BranchName)
            {
                return branch;
            }
            else if (AvroComparison.NamesAgree((AvroNamed)branch, (AvroNamed)writer) && (named is null || !Reads(named, writer)))
            {
                named = branch;
            }
        }
        return named ?? wider ?? throw new SchemaDataException($"The reader's union has no branch for {writer.BranchName}");
    }

    private bool Reads(AvroSchema reader, AvroSchema writer) => AvroComparison.Compare(reader, writer, budget).Count == 0;

    private void Record(AvroRecord reader, AvroRecord writer, ref AvroBinaryReader input, Utf8JsonWriter output)
    {
        // The writer's order is the order of the bytes, the reader's that of the answer; so each field waits in a buffer of its own.
        var read = new ArrayBufferWriter<byte>?[reader.Fields.Count];
        if (!_places.TryGetValue((reader, writer), out var places)) _places[(reader, writer)] = places = Places(reader, writer);
        foreach (var field in writer.Fields)
        {
            if (places[field.Position] < 0)
            {
                AvroSkip.Value(field.Schema, ref input);
                continue;
            }
            var target = reader.Fields[places[field.Position]];
            var buffer = read[target.Position] = new ArrayBufferWriter<byte>();
            using var writerOfField = new Utf8JsonWriter(buffer, Raw);
            Value(target.Schema, field.Schema, ref input, writerOfField);
        }
        output.WriteStartObject();
        foreach (var field in reader.Fields)
        {
            input.Names.Take(field.JsonName.EncodedUtf8Bytes.Length);
            output.WritePropertyName(field.JsonName);
            if (read[field.Position] is { } buffer) output.WriteRawValue(buffer.WrittenSpan, skipInputValidation: true);
            else Default(field, reader, ref input, output);
        }
        output.WriteEndObject();
    }

    /// <summary>
    /// For each of the writer's fields the place of the reader's that takes it; negative where none does. An alias may be another field's
    /// name: which of several is meant, only a field of the reader's own name can tell.
    /// </summary>
    private static int[] Places(AvroRecord reader, AvroRecord writer)
    {
        var places = new int[writer.Fields.Count];
        Array.Fill(places, -1);
        foreach (var field in reader.Fields)
        {
            var matches = AvroComparison.WriterFields(field, writer);
            var match = matches.Count == 1 ? matches[0] : matches.FirstOrDefault(candidate => candidate.Name == field.Name);
            if (match is not null) places[match.Position] = field.Position;
        }
        return places;
    }

    private void Default(AvroField field, AvroRecord record, ref AvroBinaryReader input, Utf8JsonWriter output)
    {
        // A record without a byte of data can ask for all of the reader's fields.
        input.Meter.Step();
        if (!_defaults.TryGetValue(field, out var json)) _defaults[field] = json = DefaultJson(field, record);
        input.Names.Take(json.Length);
        output.WriteRawValue(json, skipInputValidation: true);
    }

    /// <summary>Through binary and back, so that the default gets its union tags and its own defaults like any other value.</summary>
    private byte[] DefaultJson(AvroField field, AvroRecord record)
    {
        if (field.Default is not { } value)
            throw new SchemaDataException($"The writer has no field {field.Name} of {record.Name.Full}, and the reader no default");
        var binary = new ArrayBufferWriter<byte>();
        AvroJsonEncoder.OfDefault(binary, budget).Encode(field.Schema, value);
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Raw)) AvroJsonDecoder.Decode(field.Schema, binary.WrittenSpan, form, json, budget);
        return text.WrittenSpan.ToArray();
    }

    private static SchemaDataException Mismatch(AvroSchema reader, AvroSchema writer) =>
        new($"{writer.BranchName} cannot be read as {reader.BranchName}");
}
