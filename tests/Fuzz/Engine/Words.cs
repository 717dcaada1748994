using System.Text;
using System.Text.RegularExpressions;

namespace Gateway.Fuzz.Engine;

/// <summary>A text cut into what JSON and .proto files have in common: strings, names, numbers, marks and the space between.</summary>
internal static partial class Words
{
    /// <summary>The words in order; joined they are the text. Bytes stand for themselves (Latin-1), whatever encoding they are.</summary>
    public static List<string> Of(ReadOnlySpan<byte> text) => [.. Word().Matches(Encoding.Latin1.GetString(text)).Select(match => match.Value)];

    /// <summary>From an opening bracket at or behind the place to the one that closes it, with the name in front if there is one.</summary>
    public static List<string> Bracketed(List<string> words, int at)
    {
        var start = words.FindIndex(Math.Min(at, words.Count), word => word is "{" or "[" or "(");
        if (start < 0) return [];
        var depth = 0;
        for (var end = start; end < words.Count; end++)
        {
            if (words[end] is "{" or "[" or "(") depth++;
            else if (words[end] is "}" or "]" or ")" && --depth == 0) return words.GetRange(start, end - start + 1);
        }
        return words.GetRange(start, 1);
    }

    /// <summary>The place of a random word that is not space, or −1.</summary>
    public static int Any(List<string> words, Random random)
    {
        if (words.Count == 0) return -1;
        var at = random.Next(words.Count);
        for (var i = 0; i < words.Count; i++, at = (at + 1) % words.Count)
            if (!IsSpace(words[at])) return at;
        return -1;
    }

    /// <summary>A value as JSON has it: a bracketed piece from its opening on, or a word that is neither mark nor member name.</summary>
    public static List<string> Value(List<string> words, int at)
    {
        if (words[at] is "{" or "[" or "(") return Bracketed(words, at);
        return IsMark(words[at]) || IsName(words, at) ? [] : [words[at]];
    }

    /// <summary>Whether a colon follows, so that it names a member.</summary>
    public static bool IsName(List<string> words, int at)
    {
        do at++;
        while (at < words.Count && IsSpace(words[at]));
        return at < words.Count && words[at] == ":";
    }

    private static bool IsSpace(string word) => char.IsWhiteSpace(word[0]);

    private static bool IsMark(string word) => word.Length == 1 && !char.IsAsciiLetterOrDigit(word[0]);

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|[A-Za-z_][A-Za-z0-9_.]*|-?[0-9][0-9.eE+-]*|\s+|.
        """, RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
