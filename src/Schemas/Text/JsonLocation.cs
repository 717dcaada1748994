using System.Globalization;
using System.Text.Json;

namespace Gateway.Schemas.Text;

/// <summary>Finds the line and column of a value by its path; only asked once something is known to be wrong there.</summary>
internal static class JsonLocation
{
    /// <summary>Line and column (both from 1) where the value at the path starts, or as near as the path leads.</summary>
    public static (int Line, int Column) Find(ReadOnlySpan<byte> json, IReadOnlyList<string> path, JsonReaderOptions options)
    {
        var reader = new Utf8JsonReader(json, options);
        reader.Read();
        var start = reader.TokenStartIndex;
        foreach (var step in path)
        {
            if (!Enter(ref reader, step)) break;
            start = reader.TokenStartIndex;
        }
        var before = json[..(int)start];
        var line = before.Count((byte)'\n') + 1;
        return (line, before.Length - before.LastIndexOf((byte)'\n'));
    }

    private static bool Enter(ref Utf8JsonReader reader, string step)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals(step);
                reader.Read();
                if (found) return true;
                reader.Skip();
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray
            && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index--)
            {
                if (index == 0) return true;
                reader.Skip();
            }
        }
        return false;
    }

    /// <summary>The path as a JSON pointer.</summary>
    public static string Pointer(IEnumerable<string> path) =>
        string.Concat(path.Select(step => "/" + Escape(step)));

    private static string Escape(string step) =>
        step.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
