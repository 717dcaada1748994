namespace Gateway.Schemas.Compatibility;

/// <summary>What a new version of a schema must be able to do with the ones before it.</summary>
public enum CompatibilityLevel
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Read what the version before wrote.</summary>
    Backward,

    /// <summary>Read what any version before wrote.</summary>
    BackwardTransitive,

    /// <summary>Be read by the version before.</summary>
    Forward,

    /// <summary>Be read by every version before.</summary>
    ForwardTransitive,

    /// <summary>Both ways with the version before.</summary>
    Full,

    /// <summary>Both ways with every version before.</summary>
    FullTransitive,
}

/// <summary>Names and meaning of the levels.</summary>
public static class CompatibilityLevels
{
    private static readonly (CompatibilityLevel Level, string Name)[] Names =
    [
        (CompatibilityLevel.None, "NONE"),
        (CompatibilityLevel.Backward, "BACKWARD"),
        (CompatibilityLevel.BackwardTransitive, "BACKWARD_TRANSITIVE"),
        (CompatibilityLevel.Forward, "FORWARD"),
        (CompatibilityLevel.ForwardTransitive, "FORWARD_TRANSITIVE"),
        (CompatibilityLevel.Full, "FULL"),
        (CompatibilityLevel.FullTransitive, "FULL_TRANSITIVE"),
    ];

    /// <summary>The level of that name in any case, or null.</summary>
    public static CompatibilityLevel? Parse(string? name)
    {
        foreach (var entry in Names)
            if (string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase)) return entry.Level;
        return null;
    }

    /// <summary>The level's upper-case wire name.</summary>
    public static string NameOf(CompatibilityLevel level) => Names[(int)level].Name;

    /// <summary>Whether the level looks at every earlier version, not only the newest.</summary>
    public static bool IsTransitive(CompatibilityLevel level) =>
        level is CompatibilityLevel.BackwardTransitive or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.FullTransitive;

    /// <summary>Whether the new version must read what earlier ones wrote.</summary>
    public static bool ReadsOlder(CompatibilityLevel level) =>
        level is CompatibilityLevel.Backward or CompatibilityLevel.BackwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;

    /// <summary>Whether earlier versions must read what the new one writes.</summary>
    public static bool IsReadByOlder(CompatibilityLevel level) =>
        level is CompatibilityLevel.Forward or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;
}
