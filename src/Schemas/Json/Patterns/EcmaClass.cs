using System.Globalization;
using System.Text;

namespace Gateway.Schemas.Json.Patterns;

/// <summary>Character classes and escapes of ECMA-262.</summary>
internal static class EcmaClass
{
    private const int None = -1;

    /// <summary>Reads a class from its opening bracket on.</summary>
    public static CodePointSet Read(string pattern, ref int at)
    {
        var start = at++;
        var isNegated = at < pattern.Length && pattern[at] == '^';
        if (isNegated) at++;
        var set = new CodePointSet();
        while (true)
        {
            if (at >= pattern.Length) throw Fault("a class is not closed", pattern, start);
            if (pattern[at] == ']') break;
            var from = Member(pattern, ref at, set);
            if (at + 1 >= pattern.Length || pattern[at] != '-' || pattern[at + 1] == ']')
            {
                if (from != None) set.Add(from, from);
                continue;
            }
            var dash = at++;
            var to = Member(pattern, ref at, set);
            if (from == None || to == None)
            {
                // [\w-x]: with a class at either end the dash is a dash.
                set.Add('-', '-');
                if (from != None) set.Add(from, from);
                if (to != None) set.Add(to, to);
            }
            else if (to < from) throw Fault("a range is out of order", pattern, dash);
            else set.Add(from, to);
        }
        at++;
        return isNegated ? set.Complement() : set;
    }

    /// <summary>Reads an escape that stands for a character or a set of them.</summary>
    public static CodePointSet Escaped(string pattern, ref int at, bool inClass)
    {
        var start = at++;
        if (at >= pattern.Length) throw Fault("a backslash ends the pattern", pattern, start);
        var letter = pattern[at++];
        switch (letter)
        {
            case 'd': return new CodePointSet().Add(CodePointSet.Digits);
            case 'D': return CodePointSet.Digits.Complement();
            case 'w': return new CodePointSet().Add(CodePointSet.WordCharacters);
            case 'W': return CodePointSet.WordCharacters.Complement();
            case 's': return new CodePointSet().Add(CodePointSet.Spaces);
            case 'S': return CodePointSet.Spaces.Complement();
            case 'p' or 'P': return Property(pattern, ref at, letter == 'P', start);
            case 't': return One('\t');
            case 'n': return One('\n');
            case 'v': return One('\v');
            case 'f': return One('\f');
            case 'r': return One('\r');
            case 'b' when inClass: return One('\b');
            case '0' when at >= pattern.Length || !char.IsAsciiDigit(pattern[at]): return One(0);
            case 'c' when at < pattern.Length && char.IsAsciiLetter(pattern[at]): return One(pattern[at++] & 31);
            case 'x': return One(Hex(pattern, ref at, 2, start));
            case 'u': return One(Unicode(pattern, ref at, start));
        }
        if (char.IsAsciiLetterOrDigit(letter)) throw Fault($"ECMA-262 knows no escape \\{letter}", pattern, start);
        at--;
        return One(CodePoint(pattern, ref at));
    }

    /// <summary>Reads one character, both halves of a pair together.</summary>
    public static int CodePoint(string pattern, ref int at)
    {
        if (Rune.TryGetRuneAt(pattern, at, out var rune))
        {
            at += rune.Utf16SequenceLength;
            return rune.Value;
        }
        return pattern[at++];
    }

    /// <summary>One member of a class: its code point, or <see cref="None"/> when it was a set, which has been added.</summary>
    private static int Member(string pattern, ref int at, CodePointSet set)
    {
        if (at >= pattern.Length) throw Fault("a class is not closed", pattern, at - 1);
        if (pattern[at] != '\\') return CodePoint(pattern, ref at);
        if (at + 1 < pattern.Length && pattern[at + 1] is >= '1' and <= '9') throw Fault("a class has no groups to refer to", pattern, at);
        var escaped = Escaped(pattern, ref at, inClass: true);
        if (escaped.Single is { } one) return one;
        set.Add(escaped);
        return None;
    }

    private static CodePointSet Property(string pattern, ref int at, bool isNegated, int start)
    {
        var end = at < pattern.Length && pattern[at] == '{' ? pattern.IndexOf('}', at) : -1;
        if (end < 0) throw Fault("\\p needs a property in braces", pattern, start);
        var name = pattern[(at + 1)..end];
        at = end + 1;
        var set = UnicodeProperties.Find(name) ?? throw Fault($"the property {name} is not known here (general categories are)", pattern, start);
        return isNegated ? set.Complement() : new CodePointSet().Add(set);
    }

    private static int Unicode(string pattern, ref int at, int start)
    {
        if (at < pattern.Length && pattern[at] == '{')
        {
            var end = pattern.IndexOf('}', at);
            var digits = end < 0 ? "" : pattern[(at + 1)..end].TrimStart('0').PadLeft(1, '0');
            if (end == at + 1 || digits.Length > 6 || !TryHex(digits, out var code) || code > 0x10FFFF)
                throw Fault("\\u{…} names no character", pattern, start);
            at = end + 1;
            return code;
        }
        var unit = Hex(pattern, ref at, 4, start);
        if (!char.IsHighSurrogate((char)unit) || !pattern.AsSpan(at).StartsWith("\\u")) return unit;
        var next = at + 2;
        if (next + 4 > pattern.Length || !TryHex(pattern.AsSpan(next, 4), out var low) || !char.IsLowSurrogate((char)low)) return unit;
        at = next + 4;
        return char.ConvertToUtf32((char)unit, (char)low);
    }

    private static int Hex(string pattern, ref int at, int length, int start)
    {
        if (at + length > pattern.Length || !TryHex(pattern.AsSpan(at, length), out var value))
            throw Fault($"the escape needs {length} hexadecimal digits", pattern, start);
        at += length;
        return value;
    }

    private static bool TryHex(ReadOnlySpan<char> digits, out int value) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private static CodePointSet One(int codePoint) => new CodePointSet().Add(codePoint);

    private static PatternFault Fault(string message, string pattern, int at) =>
        new($"{message} at character {at + 1} of {SchemaPattern.Shortened(pattern)}");
}
