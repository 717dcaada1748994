using System.Text.Json;
using Gateway.Schemas.Avro.Model;

namespace Gateway.Schemas.Avro.Data;

/// <summary>Turns binary data into JSON straight from the bytes, without building the value in between.</summary>
internal static class AvroJsonDecoder
{
    public static void Decode(AvroSchema schema, ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget)
    {
        var reader = new AvroBinaryReader(payload, For(payload, budget));
        Value(schema, ref reader, form, output);
        if (reader.Remaining > 0) throw new SchemaDataException($"{reader.Remaining} bytes are left over after the value");
    }

    /// <summary>
    /// Values can take no bytes at all, so a count alone could ask for any amount of JSON; steps are therefore tied to the bytes given.
    /// </summary>
    public static BudgetMeter For(ReadOnlySpan<byte> payload, SchemaBudget budget) =>
        new(budget with { MaxSteps = Math.Min(budget.MaxSteps, 1_000_000 + 16L * payload.Length) });

    public static void Value(AvroSchema schema, ref AvroBinaryReader reader, JsonForm form, Utf8JsonWriter output)
    {
        reader.Meter.Enter();
        switch (schema.Type)
        {
            case AvroType.Null:
                output.WriteNullValue();
                break;
            case AvroType.Boolean:
                output.WriteBooleanValue(reader.ReadBoolean());
                break;
            case AvroType.Int:
                output.WriteNumberValue(reader.ReadInt());
                break;
            case AvroType.Long:
                output.WriteNumberValue(reader.ReadLong());
                break;
            case AvroType.Float:
                AvroJsonText.WriteFloat(output, reader.ReadFloat());
                break;
            case AvroType.Double:
                AvroJsonText.WriteDouble(output, reader.ReadDouble());
                break;
            case AvroType.Bytes:
                AvroJsonText.WriteBytes(output, reader.ReadBytes());
                break;
            case AvroType.String:
                output.WriteStringValue(reader.ReadUtf8());
                break;
            case AvroType.Fixed:
                AvroJsonText.WriteBytes(output, reader.ReadFixed(((AvroFixed)schema).Size));
                break;
            case AvroType.Enum:
                var symbols = ((AvroEnum)schema).Symbols;
                var symbol = symbols[reader.ReadSymbol(symbols.Count)];
                reader.Names.Take(symbol.Length);
                output.WriteStringValue(symbol);
                break;
            case AvroType.Record:
                output.WriteStartObject();
                foreach (var field in ((AvroRecord)schema).Fields)
                {
                    reader.Names.Take(field.JsonName.EncodedUtf8Bytes.Length);
                    output.WritePropertyName(field.JsonName);
                    Value(field.Schema, ref reader, form, output);
                }
                output.WriteEndObject();
                break;
            case AvroType.Array:
                Items(((AvroArray)schema).Items, ref reader, form, output);
                break;
            case AvroType.Map:
                Entries(((AvroMap)schema).Values, ref reader, form, output);
                break;
            default:
                Union((AvroUnion)schema, ref reader, form, output);
                break;
        }
        reader.Meter.Leave();
    }

    private static void Union(AvroUnion union, ref AvroBinaryReader reader, JsonForm form, Utf8JsonWriter output)
    {
        var branch = union.Branches[reader.ReadBranch(union.Branches.Count)];
        var tagged = form == JsonForm.Exact && branch.Type != AvroType.Null;
        if (tagged)
        {
            output.WriteStartObject();
            reader.Names.Take(branch.BranchName.Length);
            output.WritePropertyName(branch.BranchName);
        }
        Value(branch, ref reader, form, output);
        if (tagged) output.WriteEndObject();
    }

    private static void Items(AvroSchema items, ref AvroBinaryReader reader, JsonForm form, Utf8JsonWriter output)
    {
        output.WriteStartArray();
        for (var count = reader.ReadBlockCount(out _); count > 0; count = reader.ReadBlockCount(out _))
            for (; count > 0; count--) Value(items, ref reader, form, output);
        output.WriteEndArray();
    }

    private static void Entries(AvroSchema values, ref AvroBinaryReader reader, JsonForm form, Utf8JsonWriter output)
    {
        output.WriteStartObject();
        for (var count = reader.ReadBlockCount(out _); count > 0; count = reader.ReadBlockCount(out _))
        {
            for (; count > 0; count--)
            {
                output.WritePropertyName(reader.ReadUtf8());
                Value(values, ref reader, form, output);
            }
        }
        output.WriteEndObject();
    }
}
