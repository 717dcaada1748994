using System.Text.Json;

namespace Gateway.Schemas.Json.Model;

/// <summary>A draft, less the vocabularies a meta-schema of one's own leaves out.</summary>
/// <param name="Draft">The draft the keywords are read by.</param>
/// <param name="MetaSchemaUri">The meta-schema it is described by, without fragment.</param>
/// <param name="Vocabularies">Which groups of keywords have their meaning; the others are kept and ignored.</param>
internal sealed record SchemaDialect(JsonSchemaDraft Draft, string MetaSchemaUri, SchemaVocabularies Vocabularies)
{
    private static readonly SchemaDialect[] Standard =
        [.. Enum.GetValues<JsonSchemaDraft>().Select(draft => new SchemaDialect(draft, draft.MetaSchemaUri(), SchemaVocabularies.Standard))];

    /// <summary>The draft as it is.</summary>
    public static SchemaDialect Of(JsonSchemaDraft draft) => Standard[(int)draft];

    /// <summary>The dialect that a meta-schema describes.</summary>
    public static SchemaDialect DescribedBy(SchemaResource metaSchema)
    {
        var draft = metaSchema.Dialect.Draft;
        if (draft < JsonSchemaDraft.Draft201909
            || metaSchema.Root.Find("$vocabulary")?.Value is not { ValueKind: JsonValueKind.Object } list)
            return Of(draft) with { MetaSchemaUri = metaSchema.Uri };
        var vocabularies = SchemaVocabularies.None;
        foreach (var entry in list.EnumerateObject())
        {
            vocabularies |= entry.Name[(entry.Name.LastIndexOf('/') + 1)..] switch
            {
                "applicator" => draft == JsonSchemaDraft.Draft201909
                    ? SchemaVocabularies.Applicator | SchemaVocabularies.Unevaluated : SchemaVocabularies.Applicator,
                "validation" => SchemaVocabularies.Validation,
                "unevaluated" => SchemaVocabularies.Unevaluated,
                "format-assertion" => SchemaVocabularies.FormatAssertion,
                "format" when entry.Value.ValueKind == JsonValueKind.True => SchemaVocabularies.FormatAssertion,
                _ => SchemaVocabularies.None,
            };
        }
        return new SchemaDialect(draft, metaSchema.Uri, vocabularies);
    }
}

/// <summary>Groups of keywords that can be absent from a dialect.</summary>
[Flags]
internal enum SchemaVocabularies
{
    None = 0,
    Applicator = 1,
    Validation = 2,
    Unevaluated = 4,
    FormatAssertion = 8,
    Standard = Applicator | Validation | Unevaluated,
}
