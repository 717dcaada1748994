using System.Text.RegularExpressions;

namespace Gateway.Schemas.Json.Patterns;

/// <summary>
/// A schema's regular expression, matched by .NET's engine. Where that can be done without backtracking it is, in time linear in the text;
/// otherwise (look-around, back references, very large counts) a match that takes too long ends with <see cref="SchemaBudgetException"/>.
/// </summary>
internal sealed class SchemaPattern
{
    private const int MaxStates = 2_000;
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(200);

    private readonly string _translated;
    private readonly bool _canBeLinear;
    private Regex? _regex;

    private SchemaPattern(string text, EcmaTranslation translation)
    {
        Text = text;
        _translated = translation.Text;
        _canBeLinear = !translation.NeedsBacktracking && translation.States <= MaxStates;
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
            return new Regex(_translated, RegexOptions.CultureInvariant | (_canBeLinear ? RegexOptions.NonBacktracking : RegexOptions.None), LongestMatch);
        }
        catch (NotSupportedException)
        {
            return new Regex(_translated, RegexOptions.CultureInvariant, LongestMatch);
        }
    }
}
