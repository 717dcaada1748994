using System.Globalization;
using System.Text;

namespace Gateway.Schemas.Json.Patterns;

/// <summary>A set of characters as ranges of code points, and how .NET's expressions, which see UTF-16, write it.</summary>
internal sealed class CodePointSet
{
    private const int Last = 0x10FFFF;
    private readonly List<(int From, int To)> _ranges = [];

    /// <summary>Every character; halves of surrogate pairs are none.</summary>
    public static CodePointSet All { get; } = new CodePointSet().Add(0, 0xD7FF).Add(0xE000, Last);

    public static CodePointSet Digits { get; } = new CodePointSet().Add('0', '9');

    public static CodePointSet WordCharacters { get; } = new CodePointSet().Add('0', '9').Add('A', 'Z').Add('_', '_').Add('a', 'z');

    public static CodePointSet LineEnds { get; } = new CodePointSet().Add('\n', '\n').Add('\r', '\r').Add(0x2028, 0x2029);

    /// <summary>ECMA-262's white space and line ends.</summary>
    public static CodePointSet Spaces { get; } = new CodePointSet()
        .Add('\t', '\r').Add(' ', ' ').Add(0xA0, 0xA0).Add(0x1680, 0x1680).Add(0x2000, 0x200A).Add(0x2028, 0x2029)
        .Add(0x202F, 0x202F).Add(0x205F, 0x205F).Add(0x3000, 0x3000).Add(0xFEFF, 0xFEFF);

    /// <summary>How many ranges it takes to write it.</summary>
    public int RangeCount => _ranges.Count;

    private bool HasAllBeyondBasic => _ranges.Count > 0 && _ranges[^1].From <= 0x10000 && _ranges[^1].To == Last;

    /// <summary>The one character in it, where there is one and no more.</summary>
    public int? Single => _ranges.Count == 1 && _ranges[0].From == _ranges[0].To ? _ranges[0].From : null;

    public CodePointSet Add(int codePoint) => Add(codePoint, codePoint);

    public CodePointSet Add(int from, int to)
    {
        _ranges.Add((from, to));
        return this;
    }

    public CodePointSet Add(CodePointSet other)
    {
        _ranges.AddRange(other._ranges);
        return this;
    }

    /// <summary>The same set with its ranges in order and joined.</summary>
    public CodePointSet Joined()
    {
        var joined = new CodePointSet();
        foreach (var (from, to) in _ranges.OrderBy(range => range.From))
        {
            if (joined._ranges.Count > 0 && from <= joined._ranges[^1].To + 1)
                joined._ranges[^1] = (joined._ranges[^1].From, Math.Max(to, joined._ranges[^1].To));
            else joined._ranges.Add((from, to));
        }
        return joined;
    }

    /// <summary>Every character that is not in the set.</summary>
    public CodePointSet Complement()
    {
        var rest = new CodePointSet();
        var next = 0;
        foreach (var (from, to) in Joined()._ranges.Append((Last + 1, Last + 1)))
        {
            AddWithoutSurrogates(rest, next, from - 1);
            next = to + 1;
        }
        return rest;
    }

    /// <summary>Writes the set as an expression that is one atom.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="repeated">
    /// Whether any number of them may follow: then a pair's halves need not be told apart, and a plain class does.
    /// </param>
    public void Write(StringBuilder output, bool repeated)
    {
        var set = Joined();
        var basic = new CodePointSet();
        foreach (var (from, to) in set._ranges) AddPart(basic, from, Math.Min(to, 0xFFFF));
        if (repeated && set.HasAllBeyondBasic)
        {
            basic.Add(0xD800, 0xDFFF).WriteClass(output);
            return;
        }
        var pairs = set.Pairs();
        if (pairs.Count == 0)
        {
            basic.WriteClass(output);
            return;
        }
        output.Append("(?:");
        if (basic._ranges.Count > 0)
        {
            basic.WriteClass(output);
            output.Append('|');
        }
        output.AppendJoin('|', pairs).Append(')');
    }

    private void WriteClass(StringBuilder output)
    {
        if (Single is { } one)
        {
            output.Append(char.IsAsciiLetterOrDigit((char)one) ? ((char)one).ToString() : $"\\u{one:X4}");
            return;
        }
        output.Append(_ranges.Count == 0 ? "[^\\u0000-\\uFFFF" : "[");
        foreach (var (from, to) in _ranges)
        {
            output.Append(CultureInfo.InvariantCulture, $"\\u{from:X4}");
            if (to > from) output.Append(CultureInfo.InvariantCulture, $"-\\u{to:X4}");
        }
        output.Append(']');
    }

    /// <summary>What lies beyond the basic plane, as classes of high and low surrogates.</summary>
    private List<string> Pairs()
    {
        var pairs = new List<string>();
        var lowsByHigh = new SortedDictionary<int, StringBuilder>();
        foreach (var range in _ranges)
        {
            var (from, to) = (Math.Max(range.From, 0x10000) - 0x10000, range.To - 0x10000);
            if (to < 0) continue;
            var (firstHigh, lastHigh) = (from >> 10, to >> 10);
            if (firstHigh == lastHigh && !((from & 0x3FF) == 0 && (to & 0x3FF) == 0x3FF))
            {
                Lows(firstHigh, from & 0x3FF, to & 0x3FF);
                continue;
            }
            if ((from & 0x3FF) != 0) Lows(firstHigh++, from & 0x3FF, 0x3FF);
            if ((to & 0x3FF) != 0x3FF) Lows(lastHigh--, 0, to & 0x3FF);
            if (firstHigh <= lastHigh)
            {
                pairs.Add(string.Create(
                    CultureInfo.InvariantCulture, $"[\\u{0xD800 + firstHigh:X4}-\\u{0xD800 + lastHigh:X4}][\\uDC00-\\uDFFF]"));
            }
        }
        pairs.AddRange(lowsByHigh.Select(entry => string.Create(CultureInfo.InvariantCulture, $"\\u{0xD800 + entry.Key:X4}[{entry.Value}]")));
        return pairs;

        void Lows(int high, int from, int to)
        {
            if (!lowsByHigh.TryGetValue(high, out var lows)) lowsByHigh.Add(high, lows = new StringBuilder());
            lows.Append(CultureInfo.InvariantCulture, $"\\u{0xDC00 + from:X4}-\\u{0xDC00 + to:X4}");
        }
    }

    private static void AddWithoutSurrogates(CodePointSet set, int from, int to)
    {
        AddPart(set, from, Math.Min(to, 0xD7FF));
        AddPart(set, Math.Max(from, 0xE000), to);
    }

    private static void AddPart(CodePointSet set, int from, int to)
    {
        if (from <= to) set.Add(from, to);
    }
}
