using System.Text.Json;
using System.Text;
using Gateway.Schemas.Json.Validation;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>One text for equal JSON values, whatever the order of members and the spelling of numbers.</summary>
internal static class CanonicalValue
{
    public static string Of(JsonElement value)
    {
        var output = new StringBuilder();
        Append(output, value);
        return output.ToString();
    }

    private static void Append(StringBuilder output, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                output.Append('{');
                foreach (var (name, member) in CompactJson.Members(value).OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    CompactJson.AppendString(output, name);
                    output.Append(':');
                    Append(output, member);
                    output.Append(',');
                }
                output.Append('}');
                break;
            case JsonValueKind.Array:
                output.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    Append(output, item);
                    output.Append(',');
                }
                output.Append(']');
                break;
            case JsonValueKind.Number:
                output.Append(JsonDecimal.Of(value));
                break;
            default:
                CompactJson.AppendValue(output, value);
                break;
        }
    }
}
