using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Schemas.Text;

/// <summary>
/// JSON without layout, byte for byte as the JVM registries print it: only quotes, backslashes and control characters are escaped,
/// fractions print as Java prints doubles. Ids and GUIDs hang on these bytes, so no general writer is used.
/// </summary>
public static class CompactJson
{
    private const int FewMembers = 8;

    /// <summary>Appends a quoted string.</summary>
    public static void AppendString(StringBuilder output, string value)
    {
        output.Append('"');
        foreach (var character in value)
        {
            switch (character)
            {
                case '"': output.Append("\\\""); break;
                case '\\': output.Append("\\\\"); break;
                case '\b': output.Append("\\b"); break;
                case '\f': output.Append("\\f"); break;
                case '\n': output.Append("\\n"); break;
                case '\r': output.Append("\\r"); break;
                case '\t': output.Append("\\t"); break;
                case < ' ': output.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"); break;
                default: output.Append(character); break;
            }
        }
        output.Append('"');
    }

    /// <summary>Appends any JSON value.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="value">What.</param>
    /// <param name="sorted">Whether the members of objects are put in ordinal order.</param>
    /// <param name="exact">Whether fractions keep all their digits, as the registries' JSON Schema has it, instead of going through a double.</param>
    public static void AppendValue(StringBuilder output, JsonElement value, bool sorted = false, bool exact = false)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendObject(output, value, sorted, exact);
                break;
            case JsonValueKind.Array:
                var first = true;
                output.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    if (!first) output.Append(',');
                    first = false;
                    AppendValue(output, item, sorted, exact);
                }
                output.Append(']');
                break;
            case JsonValueKind.String:
                AppendString(output, value.GetString()!);
                break;
            case JsonValueKind.Number:
                output.Append(exact ? JavaNumbers.PrintExact(value.GetRawText()) : JavaNumbers.Print(value.GetRawText()));
                break;
            case JsonValueKind.True:
                output.Append("true");
                break;
            case JsonValueKind.False:
                output.Append("false");
                break;
            default:
                output.Append("null");
                break;
        }
    }

    /// <summary>The members of an object where a name that occurs twice counts once: first place, last value.</summary>
    /// <param name="value">The object.</param>
    /// <param name="without">Names to leave out, or null.</param>
    public static List<KeyValuePair<string, JsonElement>> Members(JsonElement value, IReadOnlySet<string>? without = null)
    {
        var members = new List<KeyValuePair<string, JsonElement>>();
        // Most objects are small: looking through a few names costs less than a table of them.
        Dictionary<string, int>? places = null;
        foreach (var property in value.EnumerateObject())
        {
            var name = property.Name;
            if (without is not null && without.Contains(name)) continue;
            if (places is null && members.Count == FewMembers) places = Places(members);
            var place = places is null ? PlaceOf(members, name) : places.GetValueOrDefault(name, -1);
            if (place >= 0)
            {
                members[place] = new(name, property.Value);
                continue;
            }
            places?.Add(name, members.Count);
            members.Add(new(name, property.Value));
        }
        return members;
    }

    private static int PlaceOf(List<KeyValuePair<string, JsonElement>> members, string name)
    {
        for (var i = 0; i < members.Count; i++)
            if (members[i].Key == name) return i;
        return -1;
    }

    private static Dictionary<string, int> Places(List<KeyValuePair<string, JsonElement>> members)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < members.Count; i++) places.Add(members[i].Key, i);
        return places;
    }

    private static void AppendObject(StringBuilder output, JsonElement value, bool sorted, bool exact)
    {
        var members = Members(value);
        if (sorted) members.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        output.Append('{');
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0) output.Append(',');
            AppendString(output, members[i].Key);
            output.Append(':');
            AppendValue(output, members[i].Value, sorted, exact);
        }
        output.Append('}');
    }
}
