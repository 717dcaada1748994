using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.HttpProxy.Records;

/// <summary>JSON as bytes, without a tree of it.</summary>
internal static class JsonText
{
    /// <summary>Levels of nesting in one key or value, as many as the schema languages take. Anything deeper is shown as base64.</summary>
    internal const int MaxDepth = 500;

    /// <summary>Whether the bytes are exactly one JSON value.</summary>
    internal static bool IsValue(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || !Utf8.IsValid(bytes)) return false;
        var json = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!json.Read()) return false;
            json.Skip();
            return !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
