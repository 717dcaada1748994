using System.Numerics;
using System.Text.RegularExpressions;

namespace Gateway.Fuzz.Targets;

/// <summary>Words for how a case went that are the same for cases that went the same way.</summary>
internal static partial class Outcomes
{
    /// <summary>A message without what it quotes.</summary>
    public static string Shape(string message)
    {
        var shape = Quoted().Replace(message, "…");
        return shape.Length > 48 ? shape[..48] : shape;
    }

    /// <summary>Roughly which words a text has, and how many.</summary>
    public static string Kinds(string text)
    {
        var kinds = 0u;
        foreach (var word in Name().EnumerateMatches(text))
        {
            var hash = 0u;
            foreach (var character in text.AsSpan(word.Index, Math.Min(word.Length, 12))) hash = hash * 31 + character;
            kinds |= 1u << (int)(hash % 8);
        }
        return $"{kinds:x}/{BitOperations.Log2((uint)text.Length + 1)}";
    }

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"?|'[^']*'|-?[0-9][0-9.eE+-]*|[\\[{(].*", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();

    [GeneratedRegex("[A-Za-z]+", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
