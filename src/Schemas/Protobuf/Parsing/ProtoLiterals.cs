using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>What literals stand for, and how descriptors spell values.</summary>
internal static class ProtoLiterals
{
    /// <summary>The one NaN that descriptors hold; the runtime's own has its sign bit set.</summary>
    public static readonly double NotANumber = BitConverter.UInt64BitsToDouble(0x7ff8_0000_0000_0000);

    public static bool TryInteger(ReadOnlySpan<char> text, ulong max, out ulong value)
    {
        var radix = 10u;
        if (text.Length > 1 && text[0] == '0')
        {
            radix = text[1] is 'x' or 'X' ? 16u : 8u;
            text = text[(radix == 16 ? 2 : 1)..];
        }
        value = 0;
        foreach (var c in text)
        {
            var digit = (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
            if (digit > max || value > (max - digit) / radix) return false;
            value = value * radix + digit;
        }
        return value <= max;
    }

    public static double Float(ReadOnlySpan<char> text) =>
        double.Parse(text.TrimEnd("fF"), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Appends what the inside of a string literal stands for. Its escapes were checked when it was cut out.</summary>
    public static void Unescape(ReadOnlySpan<char> text, List<byte> bytes)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                var end = text[i..].IndexOf('\\');
                var plain = end < 0 ? text[i..] : text.Slice(i, end);
                var start = bytes.Count;
                var length = Encoding.UTF8.GetByteCount(plain);
                CollectionsMarshal.SetCount(bytes, start + length);
                Encoding.UTF8.GetBytes(plain, CollectionsMarshal.AsSpan(bytes)[start..]);
                i += plain.Length - 1;
                continue;
            }
            var c = text[++i];
            switch (c)
            {
                case >= '0' and <= '7':
                    bytes.Add((byte)Digits(text, ref i, 3, 8));
                    break;
                case 'x' or 'X':
                    i++;
                    bytes.Add((byte)Digits(text, ref i, 2, 16));
                    break;
                case 'u' or 'U':
                    i++;
                    bytes.AddRange(Encode(CodePoint(text, ref i, c == 'u' ? 4 : 8), utf8));
                    break;
                default:
                    bytes.Add(c switch
                    {
                        'a' => 7,
                        'b' => 8,
                        'f' => 12,
                        'n' => 10,
                        'r' => 13,
                        't' => 9,
                        'v' => 11,
                        _ => (byte)c,
                    });
                    break;
            }
        }
    }

    /// <summary>Bytes as descriptors spell the default of a bytes field.</summary>
    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
        {
            _ = b switch
            {
                (byte)'\n' => text.Append("\\n"),
                (byte)'\r' => text.Append("\\r"),
                (byte)'\t' => text.Append("\\t"),
                (byte)'"' => text.Append("\\\""),
                (byte)'\'' => text.Append("\\'"),
                (byte)'\\' => text.Append("\\\\"),
                < 0x20 or >= 0x7f => text.Append('\\').Append((char)('0' + (b >> 6))).Append((char)('0' + ((b >> 3) & 7))).Append((char)('0' + (b & 7))),
                _ => text.Append((char)b),
            };
        }
        return text.ToString();
    }

    /// <summary>A float as descriptors spell it: six digits where these are enough, nine where not.</summary>
    public static string Print(float value)
    {
        if (!float.IsFinite(value)) return NotFinite(value);
        var text = General(value, 6);
        return float.Parse(text, CultureInfo.InvariantCulture) == value ? text : General(value, 9);
    }

    /// <summary>A double as descriptors spell it: fifteen digits where these are enough, seventeen where not.</summary>
    public static string Print(double value)
    {
        if (!double.IsFinite(value)) return NotFinite(value);
        var text = General(value, 15);
        return double.Parse(text, CultureInfo.InvariantCulture) == value ? text : General(value, 17);
    }

    private static string NotFinite(double value) => double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

    /// <summary>What C's %g makes of a number.</summary>
    private static string General(double value, int digits)
    {
        var scientific = value.ToString("e" + (digits - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var mark = scientific.IndexOf('e', StringComparison.Ordinal);
        var exponent = int.Parse(scientific.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= digits)
        {
            var sign = exponent < 0 ? '-' : '+';
            return Trimmed(scientific[..mark]) + "e" + sign + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
        }
        // The digits are those rounded above; only the point moves.
        var negative = scientific[0] == '-' ? "-" : "";
        var all = scientific[negative.Length..mark].Replace(".", "", StringComparison.Ordinal);
        if (exponent < 0) return negative + Trimmed("0." + new string('0', -exponent - 1) + all);
        return negative + (all.Length > exponent + 1 ? Trimmed(all[..(exponent + 1)] + "." + all[(exponent + 1)..]) : all);
    }

    private static string Trimmed(string number) =>
        number.Contains('.', StringComparison.Ordinal) ? number.TrimEnd('0').TrimEnd('.') : number;

    private static int Digits(ReadOnlySpan<char> text, ref int i, int most, int radix)
    {
        var value = 0;
        var start = i;
        while (i < text.Length && i - start < most && (radix == 8 ? text[i] is >= '0' and <= '7' : char.IsAsciiHexDigit(text[i])))
            value = value * radix + Convert.ToInt32(text[i++].ToString(), 16);
        i--;
        return value;
    }

    private static uint CodePoint(ReadOnlySpan<char> text, ref int i, int digits)
    {
        var value = uint.Parse(text.Slice(i, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        i += digits - 1;
        // Two \u that make up one character beyond the first plane.
        if (value is < 0xd800 or > 0xdbff || i + 6 >= text.Length || text[i + 1] != '\\' || text[i + 2] != 'u') return value;
        var second = uint.Parse(text.Slice(i + 3, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (second is < 0xdc00 or > 0xdfff) return value;
        i += 6;
        return 0x10000 + ((value - 0xd800) << 10) + (second - 0xdc00);
    }

    private static ReadOnlySpan<byte> Encode(uint code, Span<byte> utf8)
    {
        // Half a pair is no character, yet it is spelt out the same way.
        switch (code)
        {
            case < 0x80:
                utf8[0] = (byte)code;
                return utf8[..1];
            case < 0x800:
                utf8[0] = (byte)(0xc0 | (code >> 6));
                utf8[1] = (byte)(0x80 | (code & 0x3f));
                return utf8[..2];
            case < 0x10000:
                utf8[0] = (byte)(0xe0 | (code >> 12));
                utf8[1] = (byte)(0x80 | ((code >> 6) & 0x3f));
                utf8[2] = (byte)(0x80 | (code & 0x3f));
                return utf8[..3];
            default:
                utf8[0] = (byte)(0xf0 | (code >> 18));
                utf8[1] = (byte)(0x80 | ((code >> 12) & 0x3f));
                utf8[2] = (byte)(0x80 | ((code >> 6) & 0x3f));
                utf8[3] = (byte)(0x80 | (code & 0x3f));
                return utf8;
        }
    }
}
