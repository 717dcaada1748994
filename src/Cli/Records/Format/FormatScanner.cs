using System.Globalization;
using System.Text;

namespace Gateway.Cli.Records.Format;

/// <summary>A verb of the format language with its modifier, or literal bytes when <see cref="Verb"/> is 0.</summary>
/// <param name="Verb">The letter after the percent sign.</param>
/// <param name="Modifier">What stood in braces, or null.</param>
/// <param name="Literal">The bytes between two verbs.</param>
internal readonly record struct FormatPiece(char Verb, string? Modifier, byte[]? Literal);

/// <summary>Splits a format such as <c>%k %v{hex}\n</c> into verbs and literals; both directions use it.</summary>
internal static class FormatScanner
{
    private const string Verbs = "tkvTKVHhpoedaixy[|]";

    /// <summary>The pieces in order; neighbouring literals are one.</summary>
    /// <exception cref="FormatException">The format cannot be read.</exception>
    public static List<FormatPiece> Scan(string format)
    {
        var pieces = new List<FormatPiece>();
        var literal = new MemoryStream();
        int at = 0;
        while (at < format.Length)
        {
            char c = format[at++];
            if (c == '\\') literal.WriteByte(Escape(format, ref at));
            else if (c != '%') literal.Write(Encoding.UTF8.GetBytes(Whole(format, c, ref at)));
            else ScanVerb(format, ref at, pieces, literal);
        }
        FlushLiteral(pieces, literal);
        return pieces;
    }

    private static void ScanVerb(string format, ref int at, List<FormatPiece> pieces, MemoryStream literal)
    {
        if (at == format.Length) throw new FormatException($"the format '{format}' ends after a percent sign; write %% for one");
        char verb = format[at++];
        if (verb is '%' or '{' or '}')
        {
            literal.WriteByte((byte)verb);
            return;
        }
        if (!Verbs.Contains(verb, StringComparison.Ordinal)) throw new FormatException($"the format '{format}' has no meaning for %{verb}");
        FlushLiteral(pieces, literal);
        pieces.Add(new FormatPiece(verb, Modifier(format, ref at), null));
    }

    private static string? Modifier(string format, ref int at)
    {
        if (at == format.Length || format[at] != '{') return null;
        int depth = 0, start = at + 1;
        for (; at < format.Length; at++)
        {
            // %{ and %} inside a header format are literals of that format, not brackets of this one.
            if (format[at] == '%' && at + 1 < format.Length) at++;
            else if (format[at] == '{') depth++;
            else if (format[at] == '}' && --depth == 0) return format[start..at++];
        }
        throw new FormatException($"the format '{format}' lacks a closing brace");
    }

    private static byte Escape(string format, ref int at)
    {
        if (at == format.Length) throw new FormatException($"the format '{format}' ends after a backslash; write \\\\ for one");
        char c = format[at++];
        switch (c)
        {
            case 'n': return (byte)'\n';
            case 't': return (byte)'\t';
            case 'r': return (byte)'\r';
            case '\\': return (byte)'\\';
            case 'x' when at + 2 <= format.Length
                && byte.TryParse(format.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value):
                at += 2;
                return value;
            default: throw new FormatException($"the format '{format}' has no meaning for \\{c}; there are \\n \\t \\r \\\\ \\xNN");
        }
    }

    private static string Whole(string format, char first, ref int at) =>
        char.IsHighSurrogate(first) && at < format.Length ? new string([first, format[at++]]) : first.ToString();

    private static void FlushLiteral(List<FormatPiece> pieces, MemoryStream literal)
    {
        if (literal.Length == 0) return;
        pieces.Add(new FormatPiece('\0', null, literal.ToArray()));
        literal.SetLength(0);
    }
}
