using System.Buffers.Text;

namespace Gateway.Common.Json;

/// <summary>What JSON's grammar allows in strings although it is no text.</summary>
public static class JsonEscapes
{
    /// <summary>
    /// Whether half a surrogate pair is escaped somewhere (<c>"\ud800"</c>). The framework's reader takes it and throws when somebody asks for the
    /// text, so bytes from outside are asked first.
    /// </summary>
    /// <param name="json">JSON that has been parsed: a backslash stands in strings only.</param>
    public static bool HasLoneSurrogate(ReadOnlySpan<byte> json)
    {
        bool awaitsLow = false;
        int at = 0;
        while (json[at..].IndexOf((byte)'\\') is >= 0 and int found)
        {
            if (awaitsLow && found > 0) return true;
            at += found;
            if (at + 1 >= json.Length) break;
            int unit = json[at + 1] == 'u' && json.Length - at >= 6 ? Unit(json.Slice(at + 2, 4)) : 0;
            bool isLow = unit is >= 0xDC00 and <= 0xDFFF;
            if (isLow != awaitsLow) return true;
            awaitsLow = unit is >= 0xD800 and <= 0xDBFF;
            at += unit == 0 ? 2 : 6;
        }
        return awaitsLow;
    }

    private static int Unit(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out int unit, out int read, 'x') && read == digits.Length ? unit : 0;
}
