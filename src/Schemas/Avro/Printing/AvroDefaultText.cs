using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Schemas.Avro.Model;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Avro.Printing;

/// <summary>
/// Prints a field's default: as written, or, when normalising, as a value of its type (so 1 and 1.0 print alike for a double).
/// </summary>
internal static class AvroDefaultText
{
    public static void Append(StringBuilder output, AvroSchema schema, JsonElement value, bool normalized)
    {
        if (!normalized)
        {
            CompactJson.AppendValue(output, value);
            return;
        }
        // A default stands for a value of the union's first branch where it fits it.
        if (schema is AvroUnion { Branches: [var firstBranch, ..] }) schema = firstBranch;
        switch (schema, value.ValueKind)
        {
            case ({ Type: AvroType.Double or AvroType.Float }, JsonValueKind.Number):
                output.Append(Number(schema.Type, value));
                break;
            case (AvroArray array, JsonValueKind.Array):
                AppendArray(output, array, value);
                break;
            case (AvroMap or AvroRecord, JsonValueKind.Object):
                AppendObject(output, schema, value);
                break;
            default:
                CompactJson.AppendValue(output, value, sorted: true);
                break;
        }
    }

    private static string Number(AvroType type, JsonElement value)
    {
        if (type == AvroType.Double) return JavaNumbers.PrintDouble(value.GetDouble());
        // Shortest digits of the float, laid out as a double would be.
        var shortest = ((float)value.GetDouble()).ToString("R", CultureInfo.InvariantCulture);
        return JavaNumbers.PrintDouble(double.Parse(shortest, CultureInfo.InvariantCulture));
    }

    private static void AppendArray(StringBuilder output, AvroArray array, JsonElement value)
    {
        output.Append('[');
        var first = true;
        foreach (var item in value.EnumerateArray())
        {
            if (!first) output.Append(',');
            first = false;
            Append(output, array.Items, item, normalized: true);
        }
        output.Append(']');
    }

    private static void AppendObject(StringBuilder output, AvroSchema schema, JsonElement value)
    {
        output.Append('{');
        var members = CompactJson.Members(value);
        members.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0) output.Append(',');
            CompactJson.AppendString(output, members[i].Key);
            output.Append(':');
            var inner = schema is AvroMap map ? map.Values : ((AvroRecord)schema).Find(members[i].Key)?.Schema;
            if (inner is null) CompactJson.AppendValue(output, members[i].Value, sorted: true);
            else Append(output, inner, members[i].Value, normalized: true);
        }
        output.Append('}');
    }
}
