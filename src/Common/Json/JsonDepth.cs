using System.Text.Json;

namespace Gateway.Common.Json;

/// <summary>How deep JSON is nested, to tell what is too deep from what is no JSON: the framework's reader calls both the same.</summary>
public static class JsonDepth
{
    /// <summary>Whether it is one JSON value, however deep it goes.</summary>
    public static bool IsJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether the JSON goes deeper than <paramref name="levels"/> before anything else is wrong with it. An object or array counts one level, whatever
    /// is in it.
    /// </summary>
    public static bool Exceeds(ReadOnlySpan<byte> json, int levels)
    {
        // One level more than is allowed is let through, so that it can be seen.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = levels + 1 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= levels) return true;
            }
        }
        catch (JsonException)
        {
            return false;
        }
        return false;
    }
}
