using System.Globalization;
using System.Text;

namespace Gateway.Schemas.Json.Patterns;

/// <summary>How often an atom of a pattern repeats.</summary>
/// <param name="Least">At least so often.</param>
/// <param name="Most">At most so often; -1 for no end.</param>
internal readonly record struct EcmaQuantifier(int Least, int Most)
{
    private const int MaxCount = 1_000_000_000;

    /// <summary>Whether it repeats without end.</summary>
    public bool IsEndless => Most < 0;

    /// <summary>Whether a quantifier stands at a place. A brace that opens no count stands for itself.</summary>
    public static bool IsAt(string pattern, int at) =>
        at < pattern.Length && (pattern[at] is '*' or '+' or '?' || (pattern[at] == '{' && IsCount(pattern, at)));

    /// <summary>Reads the quantifier that stands at a place, if one does, without the <c>?</c> that makes it lazy.</summary>
    /// <exception cref="PatternFault">It ends before it starts.</exception>
    public static EcmaQuantifier? Read(string pattern, ref int at)
    {
        if (!IsAt(pattern, at)) return null;
        switch (pattern[at])
        {
            case '*': at++; return new EcmaQuantifier(0, -1);
            case '+': at++; return new EcmaQuantifier(1, -1);
            case '?': at++; return new EcmaQuantifier(0, 1);
        }
        var end = pattern.IndexOf('}', at);
        var counts = pattern[(at + 1)..end].Split(',');
        var least = Number(counts[0]);
        var most = counts.Length == 1 ? least : counts[1].Length == 0 ? -1 : Number(counts[1]);
        if (most >= 0 && most < least)
            throw new PatternFault($"the counts are out of order at character {at + 1} of {SchemaPattern.Shortened(pattern)}");
        at = end + 1;
        return new EcmaQuantifier(least, most);
    }

    /// <summary>Writes it in .NET's notation.</summary>
    public void Write(StringBuilder output) => _ = this switch
    {
        (0, -1) => output.Append('*'),
        (1, -1) => output.Append('+'),
        (0, 1) => output.Append('?'),
        (_, -1) => output.Append(CultureInfo.InvariantCulture, $"{{{Least},}}"),
        _ => output.Append(CultureInfo.InvariantCulture, $"{{{Least},{Most}}}"),
    };

    /// <summary>The value of digits; one that nothing could ever reach where they are too many.</summary>
    public static int Number(string digits) =>
        digits.TrimStart('0').Length > 9 ? MaxCount : Math.Min(int.Parse("0" + digits, CultureInfo.InvariantCulture), MaxCount);

    private static bool IsCount(string pattern, int at)
    {
        var i = at + 1;
        while (i < pattern.Length && char.IsAsciiDigit(pattern[i])) i++;
        if (i == at + 1) return false;
        if (i < pattern.Length && pattern[i] == ',')
        {
            i++;
            while (i < pattern.Length && char.IsAsciiDigit(pattern[i])) i++;
        }
        return i < pattern.Length && pattern[i] == '}';
    }
}
