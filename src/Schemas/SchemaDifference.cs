namespace Gateway.Schemas;

/// <summary>One reason why a reader schema cannot read what a writer schema wrote.</summary>
/// <param name="Type">The token tools look for, such as <c>READER_FIELD_MISSING_DEFAULT_VALUE</c>.</param>
/// <param name="Path">Where in the reader, as a JSON pointer.</param>
/// <param name="Description">The same for people, speaking of "the reader schema" and "the writer schema".</param>
/// <param name="AdditionalInfo">Names or types concerned; null where the language gives none.</param>
/// <param name="SchemaType">The language compared, one of <see cref="SchemaTypes"/>; tools know each by its own framing.</param>
public sealed record SchemaDifference(string Type, string Path, string Description, string? AdditionalInfo, string SchemaType)
{
    /// <summary>The same difference told in terms of age: whoever reads is one of "new" and "old", whoever wrote the other.</summary>
    public SchemaDifference Between(string reader, string writer) => this with
    {
        Description = Renamed(Renamed(Description, "reader", reader), "writer", writer),
    };

    /// <summary>The framing registries use in verbose answers, down to the stray quote at the end of JSON Schema's.</summary>
    public override string ToString() => SchemaType switch
    {
        SchemaTypes.Avro => $"{{errorType:'{Type}', description:'{Description}', additionalInfo:'{AdditionalInfo}'}}",
        SchemaTypes.Json => $"{{errorType:\"{Type}\", description:\"{Description}\"'}}",
        _ => $"{{errorType:\"{Type}\", description:\"{Description}\"}}",
    };

    private static string Renamed(string text, string role, string age) => text
        .Replace($"the {role} schema", $"the {age} schema", StringComparison.Ordinal)
        .Replace($"The {role} schema", $"The {age} schema", StringComparison.Ordinal);
}
