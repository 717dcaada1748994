using System.Text;
using Gateway.Fuzz.Engine;
using Gateway.Schemas;

namespace Gateway.Fuzz.Targets;

/// <summary>
/// A schema and bytes: they are no data of it, or they decode, and then what comes out encodes, decodes to the same again, and so on for ever.
/// </summary>
/// <param name="language">The language's name in the target's.</param>
/// <param name="schemaType">The language's wire name.</param>
/// <param name="dictionary">Its words.</param>
/// <param name="faithful">The form that has everything: Avro's plain one lacks branches, Protobuf's exact one refuses what is unknown in an Any.</param>
internal sealed class SchemaDecode(string language, string schemaType, IReadOnlyList<string> dictionary, JsonForm faithful) : ITarget
{
    private readonly SchemaData _data = new(schemaType);

    public string Name => $"{language}-decode";

    public IReadOnlyList<string> Dictionary => dictionary;

    public bool IsBinary => true;

    public string Try(ReadOnlySpan<byte> input)
    {
        if (_data.Split(input, out var payload) is not { } schema) return "no schema";
        byte[] json;
        try
        {
            json = SchemaData.Decode(schema, payload, faithful);
        }
        catch (SchemaDataException fault)
        {
            // Protobuf data may be good and have no JSON form, like a time beyond the year 9999; validation does not ask for one.
            if (schemaType != SchemaTypes.Protobuf) Refuses(schema, payload);
            return $"refused: {Outcomes.Shape(fault.Message)}";
        }
        catch (SchemaBudgetException fault)
        {
            return $"too much: {Outcomes.Shape(fault.Message)}";
        }
        try
        {
            // A Protobuf payload says which message it is, and a schema encodes its first one.
            if (schemaType == SchemaTypes.Protobuf && payload[0] != 0) return "decodes as another message";
            return Holds(schema, payload, json);
        }
        catch (SchemaBudgetException fault)
        {
            return $"too much back: {Outcomes.Shape(fault.Message)}";
        }
    }

    private static void Refuses(ISchema schema, ReadOnlySpan<byte> payload)
    {
        try
        {
            schema.Validate(payload, SchemaBudget.Default);
        }
        catch (Exception fault) when (fault is SchemaDataException or SchemaBudgetException)
        {
            return;
        }
        throw new FindingException("is refused by decoding and not by validating");
    }

    private string Holds(ISchema schema, ReadOnlySpan<byte> payload, byte[] json)
    {
        schema.Validate(payload, SchemaBudget.Default);
        SchemaData.Decode(schema, payload, JsonForm.Plain);
        var bytes = SchemaData.Encode(schema, json, faithful);
        // The first bytes may have been another way to write the same: long numbers, names twice in a map.
        var again = SchemaData.Decode(schema, bytes, faithful);
        if (!SchemaData.Encode(schema, again, faithful).AsSpan().SequenceEqual(bytes))
            throw new FindingException($"{Encoding.UTF8.GetString(json)} becomes {Encoding.UTF8.GetString(again)} and other bytes");
        if (!SchemaData.Resolve(schema, schema, bytes, faithful).AsSpan().SequenceEqual(again))
            throw new FindingException($"{Encoding.UTF8.GetString(again)} is read as another value with the same schema as the reader");
        return $"decodes: {Outcomes.Kinds(Encoding.UTF8.GetString(json))}";
    }
}
