namespace Gateway.Schemas.Compatibility;

/// <summary>How much a comparison looks at.</summary>
public enum CompatibilityPolicy
{
    /// <summary>The rules every registry has (<c>STRICT</c>), with what they overlook.</summary>
    Strict,

    /// <summary>JSON Schema: changes of open and closed content models are allowed (<c>LENIENT</c>). Other languages: the same as strict.</summary>
    Lenient,

    /// <summary>The strict rules, and everything they overlook is looked at as well (<c>EXHAUSTIVE</c>).</summary>
    Exhaustive,
}

/// <summary>Names of the policies.</summary>
public static class CompatibilityPolicies
{
    /// <summary>The policy of that name in any case, or null.</summary>
    public static CompatibilityPolicy? Parse(string? name) => name?.ToUpperInvariant() switch
    {
        "STRICT" => CompatibilityPolicy.Strict,
        "LENIENT" => CompatibilityPolicy.Lenient,
        "EXHAUSTIVE" => CompatibilityPolicy.Exhaustive,
        _ => null,
    };

    /// <summary>The policy's upper-case wire name.</summary>
    public static string NameOf(CompatibilityPolicy policy) => policy switch
    {
        CompatibilityPolicy.Lenient => "LENIENT",
        CompatibilityPolicy.Exhaustive => "EXHAUSTIVE",
        _ => "STRICT",
    };
}
