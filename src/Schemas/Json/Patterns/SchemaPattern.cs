using System.Text.RegularExpressions;

namespace Gateway.Schemas.Json.Patterns;

/// <summary>
/// A schema's regular expression, matched by .NET's engines: where backtracking could get out of hand by the one that does not backtrack, in
/// time linear in the text. What that one cannot do (look-around, back references) or is slow to prepare for (large counts and classes) is left to
/// the other. A match that takes too long ends with <see cref="SchemaBudgetException"/>; whoever matches many watches the time of all.
/// </summary>
internal sealed class SchemaPattern
{
    // The engine that does not backtrack takes time and memory to build; it is worth that where there are choices, and not too much to build.
    private const int MaxStates = 2_000;
    private const int MaxRanges = 100;
    private const int HarmlessChoices = 1;
    private const int BuildingSteps = 12_000;
    private const int StatesPerStep = 100;

    // Even the engine that does not backtrack takes microseconds per character while it meets sets of states it has not met before.
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(200);

    private readonly string _translated;
    private readonly bool _isLinear;
    private readonly int _states;
    private Regex? _regex;

    private SchemaPattern(string text, EcmaTranslation translation)
    {
        Text = text;
        _translated = translation.Text;
        _states = (int)Math.Min(translation.States, MaxStates);
        var isHarmless = translation.Choices <= HarmlessChoices;
        _isLinear = !isHarmless && !translation.NeedsBacktracking && translation.States <= MaxStates && translation.Ranges <= MaxRanges;
    }

    /// <summary>The pattern as the schema has it.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="PatternFault">It is none.</exception>
    public static SchemaPattern Parse(string text) => new(text, EcmaPattern.Translate(text));

    /// <summary>About what matching a text costs, in the steps of a budget.</summary>
    public int Cost(string text) =>
        1 + (_regex is null && _isLinear ? BuildingSteps : 0) + (int)Math.Min((long)text.Length * _states / StatesPerStep, int.MaxValue / 2);

    /// <summary>Whether the pattern is found anywhere in a text.</summary>
    public bool IsMatch(string text)
    {
        try
        {
            return (_regex ??= Build()).IsMatch(text);
        }
        catch (RegexMatchTimeoutException late)
        {
            throw new SchemaBudgetException(
                $"the pattern {Shortened(Text)} takes more than {late.MatchTimeout.TotalMilliseconds} ms for one text, which is the limit");
        }
    }

    /// <summary>A pattern as messages show it.</summary>
    public static string Shortened(string pattern) => pattern.Length > 100 ? pattern[..100] + "…" : pattern;

    // Built when first needed: most schemas are compared and stored, not validated with.
    private Regex Build()
    {
        try
        {
            var engine = _isLinear ? RegexOptions.NonBacktracking : RegexOptions.None;
            return new Regex(_translated, RegexOptions.CultureInvariant | engine, LongestMatch);
        }
        catch (NotSupportedException)
        {
            return new Regex(_translated, RegexOptions.CultureInvariant, LongestMatch);
        }
    }
}
