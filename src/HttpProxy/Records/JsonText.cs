using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.HttpProxy.Records;

/// <summary>JSON as bytes, without a tree of it.</summary>
internal static class JsonText
{
    /// <summary>Levels of nesting in one key or value, as many as the schema languages take. Anything deeper is shown as base64.</summary>
    internal const int MaxDepth = 500;

    /// <summary>Copies valid JSON without the blanks between its tokens; numbers and strings stay as they were written.</summary>
    /// <returns>How many bytes were written; at most as many as there are in <paramref name="json"/>.</returns>
    internal static int CopyCompact(ReadOnlySpan<byte> json, Span<byte> to)
    {
        int written = 0;
        while (!json.IsEmpty)
        {
            int blank = json.IndexOfAny(" \t\r\n\""u8);
            int run = blank < 0 ? json.Length : blank;
            json[..run].CopyTo(to[written..]);
            written += run;
            json = json[run..];
            if (json.IsEmpty) break;
            if (json[0] != (byte)'"')
            {
                json = json[1..];
                continue;
            }
            int length = StringLength(json);
            json[..length].CopyTo(to[written..]);
            written += length;
            json = json[length..];
        }
        return written;
    }

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

    private static int StringLength(ReadOnlySpan<byte> text)
    {
        int at = 1;
        while (true)
        {
            at += text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (text[at] == (byte)'"') return at + 1;
            at += 2;
        }
    }
}
