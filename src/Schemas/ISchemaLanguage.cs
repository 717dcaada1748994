namespace Gateway.Schemas;

/// <summary>One schema language. Everything a registry or a proxy needs of it comes through here and <see cref="ISchema"/>.</summary>
public interface ISchemaLanguage
{
    /// <summary>The language's wire name, one of <see cref="SchemaTypes"/>.</summary>
    string SchemaType { get; }

    /// <summary>Parses a text. Faults of the text are values; nothing is fetched from anywhere.</summary>
    /// <param name="text">The schema text.</param>
    /// <param name="references">Every schema the text rests on, direct or not, deepest first.</param>
    /// <param name="options">How strict, and how much work at most.</param>
    SchemaParseResult Parse(string text, IReadOnlyList<ResolvedReference> references, SchemaParseOptions options);
}

/// <summary>How a text is parsed.</summary>
/// <param name="Strict">Checks names and defaults, as registries do for new schemas; stored ones stay readable without.</param>
/// <param name="Budget">The most it may cost.</param>
public sealed record SchemaParseOptions(bool Strict, SchemaBudget Budget)
{
    /// <summary>For texts that arrive.</summary>
    public static SchemaParseOptions New { get; } = new(true, SchemaBudget.Default);

    /// <summary>For texts that are already stored somewhere.</summary>
    public static SchemaParseOptions Stored { get; } = new(false, SchemaBudget.Default);
}
