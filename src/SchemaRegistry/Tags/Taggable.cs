namespace Gateway.SchemaRegistry.Tags;

/// <summary>A record or a field of a schema that is being looked through or edited.</summary>
/// <param name="path">Where it is.</param>
/// <param name="isField">Whether it is a field.</param>
internal abstract class Taggable(string path, bool isField)
{
    public string Path => path;

    public bool IsField => isField;

    /// <summary>Whether its tags are those of another one that is told already: a JSON object that is both a property and an object.</summary>
    public bool IsToldBefore { get; init; }

    /// <summary>The tags; setting them writes them into the schema.</summary>
    public abstract IReadOnlyList<string> Tags { get; set; }
}

/// <summary>A schema taken apart for its tags.</summary>
/// <param name="Entities">Everything that can have tags, in the order of the schema.</param>
/// <param name="Print">The schema with what was set, in a form that can be registered.</param>
internal sealed record TaggableSchema(IReadOnlyList<Taggable> Entities, Func<string> Print);
