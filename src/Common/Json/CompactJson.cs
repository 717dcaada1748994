namespace Gateway.Common.Json;

/// <summary>JSON without the blanks between its tokens, and otherwise as it was written.</summary>
public static class CompactJson
{
    /// <summary>Copies a JSON value that has been parsed; its numbers and strings keep every byte, escapes included.</summary>
    /// <returns>How many bytes were written; at most as many as there are in <paramref name="json"/>.</returns>
    public static int Copy(ReadOnlySpan<byte> json, Span<byte> to)
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
