using System.Text.RegularExpressions;

namespace Gateway.Schemas.Json.Patterns;

/// <summary>
/// A schema's regular expression, matched by .NET's engines: where backtracking could get out of hand by the one that does not backtrack, in
/// time linear in the text. With what that one cannot do (look-around, back references) or is slow to prepare for (large counts and classes), a
/// match that takes too long ends with <see cref="SchemaBudgetException"/>.
/// </summary>
internal sealed class SchemaPattern
{
    // The engine that does not backtrack is slow to build, in time and memory, where there is much to build; and worth it where there is a choice.
    private const int MaxStates = 2_000;
    private const int MaxRanges = 100;
    private const int HarmlessChoices = 1;
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(200);

    private readonly string _translated;
    private readonly bool _isLinear;
    private Regex? _regex;

    private SchemaPattern(string text, EcmaTranslation translation)
    {
        Text = text;
        _translated = translation.Text;
        _isLinear = !translation.NeedsBacktracking && translation.Choices > HarmlessChoices
            && translation.States <= MaxStates && translation.Ranges <= MaxRanges;
    }

    /// <summary>The pattern as the schema has it.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="PatternFault">It is none.</exception>
    public static SchemaPattern Parse(string text) => new(text, EcmaPattern.Translate(text));

    /// <summary>Whether the pattern is found anywhere in a text.</summary>
    public bool IsMatch(string text)
    {
        try
        {
            return (_regex ??= Build()).IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new SchemaBudgetException(
                $"the pattern {Shortened(Text)} takes more than {LongestMatch.TotalMilliseconds} ms for one text, which is the limit");
        }
    }

    /// <summary>A pattern as messages show it.</summary>
    public static string Shortened(string pattern) => pattern.Length > 100 ? pattern[..100] + "…" : pattern;

    // Built when first needed: most schemas are compared and stored, not validated with.
    private Regex Build()
    {
        try
        {
            return new Regex(_translated, RegexOptions.CultureInvariant | (_isLinear ? RegexOptions.NonBacktracking : RegexOptions.None), LongestMatch);
        }
        catch (NotSupportedException)
        {
            return new Regex(_translated, RegexOptions.CultureInvariant, LongestMatch);
        }
    }
}
