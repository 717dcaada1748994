using Gateway.Schemas.Json.Validation;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Restrictions on objects.</summary>
internal sealed class ComparedObject() : ComparedSchema(SchemaKind.Object)
{
    /// <inheritdoc cref="ComparedString.IsRequired"/>
    public bool IsRequired { get; set; }

    /// <summary>Schemas of properties by name.</summary>
    public Dictionary<string, ComparedSchema> Properties { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of <see cref="Properties"/> in the order written.</summary>
    public List<string> Names { get; } = [];

    /// <summary>Names that must be there, whether a property of that name is described or not.</summary>
    public HashSet<string> Required { get; } = new(StringComparer.Ordinal);

    /// <summary>Schemas of properties by pattern, in the order written.</summary>
    public List<KeyValuePair<string, ComparedSchema>> Patterns { get; } = [];

    /// <summary>Whether properties are taken that neither a name nor a pattern covers.</summary>
    public bool PermitsAdditional { get; set; } = true;

    /// <summary>What such properties must be, where that says anything.</summary>
    public ComparedSchema? Additional { get; set; }

    /// <summary>The same for properties nothing beside this schema covers either; null where it says nothing.</summary>
    public ComparedSchema? Unevaluated { get; set; }

    public ComparedSchema? PropertyNames { get; set; }

    public JsonDecimal? MinProperties { get; set; }

    public JsonDecimal? MaxProperties { get; set; }

    /// <summary>Names that must be there when another one is.</summary>
    public Dictionary<string, HashSet<string>> PropertyDependencies { get; } = new(StringComparer.Ordinal);

    /// <summary>Schemas that hold when a name is there.</summary>
    public Dictionary<string, ComparedSchema> SchemaDependencies { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether anything goes under a name that is not described.</summary>
    public bool IsOpen => Patterns.Count == 0 && PermitsAdditional && Additional is null && Unevaluated is null;
}

/// <summary>Restrictions on arrays.</summary>
internal sealed class ComparedArray() : ComparedSchema(SchemaKind.Array)
{
    /// <inheritdoc cref="ComparedString.IsRequired"/>
    public bool IsRequired { get; set; }

    /// <summary>What every item must be, where there is no tuple.</summary>
    public ComparedSchema? AllItems { get; set; }

    /// <summary>What the first items must be, one by one.</summary>
    public IReadOnlyList<ComparedSchema> Tuple { get; set; } = [];

    /// <summary>Whether there may be items after the tuple.</summary>
    public bool PermitsAdditional { get; set; } = true;

    /// <summary>What such items must be, where that says anything.</summary>
    public ComparedSchema? Additional { get; set; }

    /// <summary>The same for items nothing beside this schema covers either; null where it says nothing.</summary>
    public ComparedSchema? Unevaluated { get; set; }

    public ComparedSchema? Contains { get; set; }

    public JsonDecimal? MinItems { get; set; }

    public JsonDecimal? MaxItems { get; set; }

    public JsonDecimal? MinContains { get; set; }

    public JsonDecimal? MaxContains { get; set; }

    public bool UniqueItems { get; set; }

    /// <summary>Whether anything goes after the tuple.</summary>
    public bool IsOpen => PermitsAdditional && Additional is null && Unevaluated is null;

    /// <summary>What comes after the tuple must be that, in a model that is neither open nor closed.</summary>
    public ComparedSchema? Covering =>
        Additional ?? (PermitsAdditional && Unevaluated is { Kind: not SchemaKind.False } covering ? covering : null);
}
