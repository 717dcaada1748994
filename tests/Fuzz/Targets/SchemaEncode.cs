using System.Text;
using System.Text.Json;
using Gateway.Fuzz.Engine;
using Gateway.Schemas;

namespace Gateway.Fuzz.Targets;

/// <summary>A schema and JSON: it is no value of it, or it encodes, exactly or plainly, and then decodes to what encodes to the same bytes.</summary>
internal sealed class SchemaEncode(string language, string schemaType, IReadOnlyList<string> dictionary) : ITarget
{
    private readonly SchemaData _data = new(schemaType);

    public string Name => $"{language}-encode";

    public IReadOnlyList<string> Dictionary => dictionary;

    public bool IsBinary => false;

    public string Try(ReadOnlySpan<byte> input)
    {
        if (_data.Split(input, out var json) is not { } schema) return "no schema";
        return $"{Try(schema, json, JsonForm.Exact)} / {Try(schema, json, JsonForm.Plain)}";
    }

    private string Try(ISchema schema, ReadOnlySpan<byte> json, JsonForm form)
    {
        byte[] bytes;
        try
        {
            bytes = SchemaData.Encode(schema, json, form);
        }
        catch (JsonException)
        {
            return "no JSON";
        }
        catch (SchemaDataException fault)
        {
            return $"refused: {Outcomes.Shape(fault.Message)}";
        }
        catch (SchemaBudgetException fault)
        {
            return $"too much: {Outcomes.Shape(fault.Message)}";
        }
        try
        {
            schema.Validate(bytes, SchemaBudget.Default);
            // Avro's plain form lacks the branches of unions, so the way back is the exact one; Protobuf's plain form has more than the exact one.
            var faithful = schemaType == SchemaTypes.Avro ? JsonForm.Exact : form;
            var back = SchemaData.Decode(schema, bytes, faithful);
            if (!SchemaData.Encode(schema, back, faithful).AsSpan().SequenceEqual(bytes))
                throw new FindingException($"what was encoded ({form}) comes back as {Encoding.UTF8.GetString(back)}, which has other bytes");
            return $"encodes: {Outcomes.Kinds(Encoding.UTF8.GetString(back))}";
        }
        catch (SchemaBudgetException fault)
        {
            return $"too much back: {Outcomes.Shape(fault.Message)}";
        }
    }
}
