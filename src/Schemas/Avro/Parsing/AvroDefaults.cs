using System.Text.Json;
using Gateway.Schemas.Avro.Model;

namespace Gateway.Schemas.Avro.Parsing;

/// <summary>Whether a field's default can stand for a value of its type.</summary>
internal static class AvroDefaults
{
    // A default may be of any branch of a union, so that what is within is tried again and again; it counts accordingly.
    private const int TrialSteps = 4;

    public static bool Fits(AvroSchema schema, JsonElement value, BudgetMeter meter)
    {
        meter.Step(TrialSteps);
        meter.Enter();
        var fits = schema switch
        {
            AvroRecord record => FitsRecord(record, value, meter),
            AvroArray array => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => Fits(array.Items, item, meter)),
            AvroMap map =>
                value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(entry => Fits(map.Values, entry.Value, meter)),
            AvroUnion union => union.Branches.Any(branch => Fits(branch, value, meter)),
            _ => FitsScalar(schema.Type, value),
        };
        meter.Leave();
        return fits;
    }

    private static bool FitsScalar(AvroType type, JsonElement value) => type switch
    {
        AvroType.Null => value.ValueKind == JsonValueKind.Null,
        AvroType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        AvroType.Int => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _) && IsIntegral(value),
        AvroType.Long => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _) && IsIntegral(value),
        AvroType.Float or AvroType.Double => value.ValueKind == JsonValueKind.Number || IsNumberByName(value),
        _ => value.ValueKind == JsonValueKind.String,
    };

    private static bool FitsRecord(AvroRecord record, JsonElement value, BudgetMeter meter)
    {
        if (value.ValueKind != JsonValueKind.Object) return false;
        foreach (var field in record.Fields)
        {
            if (value.TryGetProperty(field.Name, out var given))
            {
                if (!Fits(field.Schema, given, meter)) return false;
            }
            else if (field.Default is not { } byDefault || !Fits(field.Schema, byDefault, meter))
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsIntegral(JsonElement number) => number.GetRawText().AsSpan().IndexOfAny(".eE") < 0;

    /// <summary>Numbers that JSON cannot write, such as NaN, stand as text.</summary>
    public static bool IsNumberByName(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is "NaN" or "Infinity" or "-Infinity" or "+Infinity";
}
