using System.Globalization;
using System.Text;
using Gateway.Schemas.Avro.Model;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Avro.Printing;

/// <summary>
/// The specification's parsing canonical form: what is left of a schema when only its wire format counts. For fingerprints.
/// </summary>
internal static class AvroParsingForm
{
    public static string Print(AvroSchema schema)
    {
        var output = new StringBuilder();
        Append(output, schema, new HashSet<string>(StringComparer.Ordinal));
        return output.ToString();
    }

    private static void Append(StringBuilder output, AvroSchema schema, HashSet<string> known)
    {
        switch (schema)
        {
            case AvroNamed named when !known.Add(named.Name.Full):
                CompactJson.AppendString(output, named.Name.Full);
                break;
            case AvroNamed named:
                AppendNamed(output, named, known);
                break;
            case AvroArray array:
                Append(output.Append("{\"type\":\"array\",\"items\":"), array.Items, known);
                output.Append('}');
                break;
            case AvroMap map:
                Append(output.Append("{\"type\":\"map\",\"values\":"), map.Values, known);
                output.Append('}');
                break;
            case AvroUnion union:
                output.Append('[');
                for (var i = 0; i < union.Branches.Count; i++)
                {
                    if (i > 0) output.Append(',');
                    Append(output, union.Branches[i], known);
                }
                output.Append(']');
                break;
            default:
                CompactJson.AppendString(output, schema.Type.WireName());
                break;
        }
    }

    private static void AppendNamed(StringBuilder output, AvroNamed named, HashSet<string> known)
    {
        output.Append("{\"name\":");
        CompactJson.AppendString(output, named.Name.Full);
        output.Append(",\"type\":\"").Append(named.Type.WireName()).Append('"');
        switch (named)
        {
            case AvroRecord record:
                output.Append(",\"fields\":[");
                foreach (var field in record.Fields)
                {
                    output.Append(field.Position > 0 ? ",{\"name\":" : "{\"name\":");
                    CompactJson.AppendString(output, field.Name);
                    Append(output.Append(",\"type\":"), field.Schema, known);
                    output.Append('}');
                }
                output.Append(']');
                break;
            case AvroEnum @enum:
                output.Append(",\"symbols\":[");
                for (var i = 0; i < @enum.Symbols.Count; i++)
                {
                    if (i > 0) output.Append(',');
                    CompactJson.AppendString(output, @enum.Symbols[i]);
                }
                output.Append(']');
                break;
            case AvroFixed @fixed:
                output.Append(",\"size\":").Append(@fixed.Size.ToString(CultureInfo.InvariantCulture));
                break;
        }
        output.Append('}');
    }
}
