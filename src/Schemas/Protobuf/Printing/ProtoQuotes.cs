using System.Text;
using Google.Protobuf;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>String literals.</summary>
internal static class ProtoQuotes
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text) Append(quoted, c);
        return quoted.Append('"').ToString();
    }

    /// <summary>Text stays legible; bytes that are not UTF-8 are written as octal escapes.</summary>
    public static string Quote(ByteString bytes)
    {
        try
        {
            return Quote(Utf8.GetString(bytes.Span));
        }
        catch (DecoderFallbackException)
        {
            var quoted = new StringBuilder(bytes.Length + 2).Append('"');
            foreach (var b in bytes.Span)
            {
                if (b < 0x80) Append(quoted, (char)b);
                else quoted.Append(Octal(b));
            }
            return quoted.Append('"').ToString();
        }
    }

    private static void Append(StringBuilder quoted, char c)
    {
        switch (c)
        {
            case '\a': quoted.Append("\\a"); break;
            case '\b': quoted.Append("\\b"); break;
            case '\f': quoted.Append("\\f"); break;
            case '\n': quoted.Append("\\n"); break;
            case '\r': quoted.Append("\\r"); break;
            case '\t': quoted.Append("\\t"); break;
            case '\v': quoted.Append("\\v"); break;
            case '\\': quoted.Append("\\\\"); break;
            case '\'': quoted.Append("\\'"); break;
            case '"': quoted.Append("\\\""); break;
            default:
                if (c is < ' ' or '\x7f') quoted.Append(Octal(c));
                else quoted.Append(c);
                break;
        }
    }

    /// <summary>Always three digits, so that a digit behind it cannot become part of it.</summary>
    private static string Octal(int value) => "\\" + Convert.ToString(value, 8).PadLeft(3, '0');
}
