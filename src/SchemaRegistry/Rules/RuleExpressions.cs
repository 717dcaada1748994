using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Rules;

/// <summary>
/// Whether clients will be able to read the expressions of a rule set (<c>validateRules</c>, schema-registry 2.10). Only their syntax is looked at: what
/// names and functions there are, the client's engine knows.
/// </summary>
internal static class RuleExpressions
{
    private const string Cel = "CEL";
    private const string Jsonata = "JSONata";

    /// <summary>How deep expressions may be nested; CEL's own engines stop near that.</summary>
    public const int MaxDepth = 200;

    /// <summary>How long an expression may be.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>What is wrong with the first rule whose expression does not parse; null when all do. Rules of other types have none that is read.</summary>
    public static string? Problem(RuleSet rules)
    {
        foreach (var rule in rules.All)
            if (Problem(rule) is { } problem) return $"the expression of rule {rule.Name} is not {LanguageOf(rule)}: {problem}";
        return null;
    }

    private static string? Problem(SchemaRule rule)
    {
        if (LanguageOf(rule) is not { } language) return null;
        if (rule.Expression is not { Length: > 0 } expression) return "there is none";
        if (expression.Length > MaxLength) return $"it is longer than {MaxLength} characters";
        return language == Cel ? CelProblem(expression) : JsonataSyntax.Problem(expression);
    }

    private static string? LanguageOf(SchemaRule rule) => rule.Type switch
    {
        "CEL" or "CEL_FIELD" => Cel,
        "JSONATA" => Jsonata,
        _ => null,
    };

    /// <summary>A guard may stand before the expression. Clients cut at the first semicolon, wherever it is.</summary>
    private static string? CelProblem(string expression)
    {
        var cut = expression.IndexOf(';', StringComparison.Ordinal);
        if (cut < 0) return CelSyntax.Problem(expression);
        var guard = expression.AsSpan(0, cut);
        var guardProblem = guard.IsWhiteSpace() ? null : CelSyntax.Problem(guard);
        if (guardProblem is not null) return $"in its guard, {guardProblem}";
        return CelSyntax.Problem(expression.AsSpan(cut + 1)) is { } problem ? $"behind its guard, {problem}" : null;
    }
}
