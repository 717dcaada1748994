using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Json.Validation;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>What a schema is to a comparison. Only schemas of one kind are looked into; kinds are what the JVM registries tell apart.</summary>
internal enum SchemaKind
{
    /// <summary>Takes everything: <c>true</c>, or no keyword that restricts anything.</summary>
    Empty,
    False,
    String,
    Number,
    Boolean,
    Null,
    Object,
    Array,
    Enum,
    Const,
    Not,
    Conditional,

    /// <summary><c>allOf</c>, <c>anyOf</c> or <c>oneOf</c>, and whatever is the same as one of them.</summary>
    Combined,

    /// <summary>A reference that leads nowhere, or only to itself.</summary>
    Reference,
}

/// <summary>
/// A schema as comparisons see it, whatever its draft. One JSON schema may become several: keywords of different kinds side by side are an
/// <c>allOf</c> of one schema per kind, and a list of types is an <c>anyOf</c>.
/// </summary>
internal class ComparedSchema(SchemaKind kind)
{
    public SchemaKind Kind { get; } = kind;

    public string? Id { get; set; }

    public string? Title { get; set; }

    public string? Description { get; set; }

    /// <summary>The default as canonical JSON, or null where there is none.</summary>
    public string? Default { get; set; }

    /// <summary>Whether Kafka Connect wrote this for bytes, which it writes as a string or as a number.</summary>
    public bool IsConnectBytes { get; set; }

    /// <summary>Keywords no registry compares (<c>format</c>, <c>content*</c>…), by name, as canonical JSON.</summary>
    public IReadOnlyDictionary<string, string> Unchecked { get; set; } = NoKeywords;

    /// <summary>Equal numbers stand for equal JSON, within both schemas of one comparison. References count by what is written.</summary>
    public int Structure { get; set; }

    /// <summary>Whether anything in it is a reference, so that equal JSON may mean something else.</summary>
    public bool HasReference { get; set; }

    public static IReadOnlyDictionary<string, string> NoKeywords { get; } = new Dictionary<string, string>();
}

/// <summary>A reference, followed when needed.</summary>
internal sealed class ComparedReference(string text, SchemaNode? target) : ComparedSchema(SchemaKind.Reference)
{
    public string Text { get; } = text;

    public SchemaNode? Target { get; } = target;

    /// <summary>What it leads to in the end, once that is known.</summary>
    public ComparedSchema? Resolved { get; set; }
}

/// <summary>Restrictions on strings.</summary>
internal sealed class ComparedString() : ComparedSchema(SchemaKind.String)
{
    /// <summary>Whether other types are refused, not let pass.</summary>
    public bool IsRequired { get; set; }

    public JsonDecimal? MinLength { get; set; }

    public JsonDecimal? MaxLength { get; set; }

    public string? Pattern { get; set; }
}

/// <summary>Restrictions on numbers.</summary>
internal sealed class ComparedNumber() : ComparedSchema(SchemaKind.Number)
{
    /// <inheritdoc cref="ComparedString.IsRequired"/>
    public bool IsRequired { get; set; }

    public bool IsInteger { get; set; }

    public JsonDecimal? Minimum { get; set; }

    public JsonDecimal? Maximum { get; set; }

    public ExclusiveLimit? ExclusiveMinimum { get; set; }

    public ExclusiveLimit? ExclusiveMaximum { get; set; }

    public JsonDecimal? MultipleOf { get; set; }
}

/// <summary>A limit that is itself out of range.</summary>
/// <param name="Value">The limit.</param>
/// <param name="IsFlag">Whether it is written as draft 4 has it: <c>true</c>, beside the limit in <c>minimum</c> or <c>maximum</c>.</param>
internal readonly record struct ExclusiveLimit(JsonDecimal Value, bool IsFlag);

/// <summary>An enumeration, or a constant.</summary>
internal sealed class ComparedValues(SchemaKind kind, IReadOnlySet<string> values) : ComparedSchema(kind)
{
    /// <summary>The values as canonical JSON.</summary>
    public IReadOnlySet<string> Values { get; } = values;
}

/// <summary>The negation of a schema.</summary>
internal sealed class ComparedNot(ComparedSchema negated) : ComparedSchema(SchemaKind.Not)
{
    public ComparedSchema Negated { get; } = negated;
}

/// <summary><c>if</c>, <c>then</c>, <c>else</c>.</summary>
internal sealed class ComparedConditional(ComparedSchema? condition, ComparedSchema? then, ComparedSchema? otherwise)
    : ComparedSchema(SchemaKind.Conditional)
{
    public ComparedSchema? If { get; } = condition;

    public ComparedSchema? Then { get; } = then;

    public ComparedSchema? Else { get; } = otherwise;
}

/// <summary>How many branches of a combined schema must take a value.</summary>
internal enum Criterion
{
    All,
    Any,
    One,
}

/// <summary>Several schemas at once.</summary>
internal sealed class ComparedCombined(Criterion criterion, IReadOnlyList<ComparedSchema> branches) : ComparedSchema(SchemaKind.Combined)
{
    private IReadOnlyList<ComparedSchema>? _distinct;

    public Criterion Criterion { get; } = criterion;

    public IReadOnlyList<ComparedSchema> Branches { get; } = branches;

    /// <summary>The branches, those written twice counted once.</summary>
    public IReadOnlyList<ComparedSchema> Distinct => _distinct ??= [.. Branches.DistinctBy(branch => branch.Structure)];

    public string Keyword => Criterion switch { Criterion.All => "allOf", Criterion.Any => "anyOf", _ => "oneOf" };
}
