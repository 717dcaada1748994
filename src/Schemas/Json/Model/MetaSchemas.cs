using System.Text.Json;

namespace Gateway.Schemas.Json.Model;

/// <summary>
/// The meta-schemas of all drafts and their vocabularies: the rules restated without prose, in <c>MetaSchemas/</c>. They are what <c>$ref</c>
/// to a meta-schema means, and what new texts are held against.
/// </summary>
internal static class MetaSchemas
{
    private static readonly Lazy<SchemaSet> Set = new(Read);

    /// <summary>All of them, joined; read when first needed.</summary>
    public static SchemaSet Bundled => Set.Value;

    /// <summary>The root of a draft's meta-schema.</summary>
    public static SchemaNode Of(JsonSchemaDraft draft) => Bundled.Find(draft.MetaSchemaUri())!.Root;

    private static SchemaSet Read()
    {
        var set = new SchemaSet(null, SchemaBudget.Default.Start());
        foreach (var (file, draft) in new[]
        {
            ("draft-04", JsonSchemaDraft.Draft4), ("draft-06", JsonSchemaDraft.Draft6), ("draft-07", JsonSchemaDraft.Draft7),
            ("2019-09", JsonSchemaDraft.Draft201909), ("2020-12", JsonSchemaDraft.Draft202012),
        })
        {
            using var stream = typeof(MetaSchemas).Assembly.GetManifestResourceStream($"MetaSchemas/{file}.json")!;
            using var documents = JsonDocument.Parse(stream);
            foreach (var document in documents.RootElement.Clone().EnumerateArray())
                set.Add(document, SchemaUri.Unnamed, null, SchemaDialect.Of(draft), isMain: true);
        }
        set.ResolveReferences();
        return set;
    }
}
