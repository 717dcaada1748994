using Gateway.Schemas.Compatibility;

namespace Gateway.SchemaRegistry.Model;

/// <summary>Settings of a subject, a context or the whole registry. Null means not set here.</summary>
internal sealed record SubjectConfig
{
    public string? Alias { get; init; }

    public string? AliasForDeks { get; init; }

    public bool? Normalize { get; init; }

    public bool? ValidateFields { get; init; }

    public bool? ValidateNewSchemas { get; init; }

    public bool? ValidateRules { get; init; }

    public CompatibilityLevel? Level { get; init; }

    public string? Policy { get; init; }

    public string? Group { get; init; }

    public SchemaMetadata? DefaultMetadata { get; init; }

    public SchemaMetadata? OverrideMetadata { get; init; }

    public RuleSet? DefaultRuleSet { get; init; }

    public RuleSet? OverrideRuleSet { get; init; }
}
