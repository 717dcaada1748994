using System.Text.Json;
using Gateway.Schemas.Avro.Model;

namespace Gateway.Schemas.Avro.Data;

/// <summary>Whether plain JSON can be taken as a value of a schema; how a bare union value finds its branch.</summary>
internal static class AvroJsonFit
{
    // Looking whether a value fits is done again at every union above it, so the work can double at each level; it counts accordingly.
    private const int TrialSteps = 4;

    /// <param name="schema">The schema the value should be of.</param>
    /// <param name="value">Plain JSON.</param>
    /// <param name="meter">Counts the work.</param>
    /// <param name="how">How strictly.</param>
    public static bool Fits(AvroSchema schema, JsonElement value, BudgetMeter meter, AvroFit how)
    {
        meter.Step(TrialSteps);
        meter.Enter();
        var fits = schema switch
        {
            AvroRecord record => FitsRecord(record, value, meter, how),
            AvroEnum @enum => value.ValueKind == JsonValueKind.String && @enum.OrdinalOf(value.GetString()!) >= 0,
            AvroFixed @fixed => AvroJsonText.TryReadBytes(value, out var bytes) && bytes.Length == @fixed.Size,
            AvroArray array =>
                value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => Fits(array.Items, item, meter, how)),
            AvroMap map =>
                value.ValueKind == JsonValueKind.Object
                    && value.EnumerateObject().All(entry => Fits(map.Values, entry.Value, meter, how)),
            AvroUnion union =>
                union.Branches.Any(branch => Fits(branch, value, meter, how) || FitsTagged(branch, value, meter, how)),
            _ => IsPrimitive(schema.Type, value) && (how != AvroFit.Exact || KeepsNumber(schema.Type, value)),
        };
        meter.Leave();
        return fits;
    }

    public static bool IsPrimitive(AvroType type, JsonElement value) => type switch
    {
        AvroType.Null => value.ValueKind == JsonValueKind.Null,
        AvroType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        AvroType.Int => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        AvroType.Long => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        AvroType.Float => AvroJsonText.TryReadFloat(value, out _),
        AvroType.Double => AvroJsonText.TryReadDouble(value, out _),
        AvroType.Bytes => AvroJsonText.TryReadBytes(value, out _),
        _ => value.ValueKind == JsonValueKind.String,
    };

    private static bool KeepsNumber(AvroType type, JsonElement value)
    {
        if (type is not (AvroType.Float or AvroType.Double) || value.ValueKind != JsonValueKind.Number) return true;
        var number = value.GetDouble();
        if (type == AvroType.Float) number = (float)number;
        return value.TryGetInt64(out var integer)
            ? Math.Abs(number) < long.MaxValue && (long)number == integer
            : number.Equals(value.GetDouble());
    }

    private static bool FitsRecord(AvroRecord record, JsonElement value, BudgetMeter meter, AvroFit how)
    {
        if (value.ValueKind != JsonValueKind.Object) return false;
        foreach (var member in value.EnumerateObject())
            if (how != AvroFit.Default && record.Find(member.Name) is null) return false;
        foreach (var field in record.Fields)
        {
            if (value.TryGetProperty(field.Name, out var given) ? !Fits(field.Schema, given, meter, how) : field.Default is null)
                return false;
        }
        return true;
    }

    private static bool FitsTagged(AvroSchema branch, JsonElement value, BudgetMeter meter, AvroFit how) =>
        how != AvroFit.Default && value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 1
        && value.TryGetProperty(branch.BranchName, out var inner) && Fits(branch, inner, meter, how);
}
