using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Json.Printing;

namespace Gateway.Schemas.Json.Validation;

/// <summary>Holds new texts against the meta-schema of their draft, and the parts of them that are of another draft against theirs.</summary>
internal static class MetaSchemaCheck
{
    // The text was read within its budget's depth before, and is no deeper now.
    private const int MaxDepth = 100_000;

    private static readonly ConcurrentDictionary<SchemaNode, SchemaValidator> Standard = [];

    /// <summary>Checks a text.</summary>
    /// <exception cref="SchemaFault">It breaks the rules.</exception>
    public static void Check(SchemaNode root, SchemaSet set, SchemaBudget budget)
    {
        var foreign = new List<SchemaNode>();
        FindForeign(root, root.Resource.Dialect, foreign);
        CheckOne(root, foreign, set, budget);
    }

    private static void CheckOne(SchemaNode node, List<SchemaNode> inside, SchemaSet set, SchemaBudget budget)
    {
        var dialect = node.Resource.Dialect;
        var metaSchema = set.Find(dialect.MetaSchemaUri)?.Root ?? MetaSchemas.Of(dialect.Draft);
        var validator = ReferenceEquals(metaSchema, MetaSchemas.Of(dialect.Draft))
            ? Standard.GetOrAdd(metaSchema, static schema => SchemaCompiler.Compile(schema, SchemaBudget.Default.Start(), strict: true))
            : SchemaCompiler.Compile(metaSchema, budget.Start(), strict: false);
        if (validator.Validate(Without(inside, node), budget) is { } failure)
            throw new SchemaFault($"The schema breaks a rule of its meta-schema {dialect.MetaSchemaUri}: {failure.Message}", node, failure.Path);
        foreach (var part in inside)
        {
            var deeper = new List<SchemaNode>();
            foreach (var child in part.Children) FindForeign(child, part.Resource.Dialect, deeper);
            CheckOne(part, deeper, set, budget);
        }
    }

    /// <summary>The outermost schemas inside one that are of another dialect.</summary>
    private static void FindForeign(SchemaNode node, SchemaDialect dialect, List<SchemaNode> found)
    {
        if (node.Resource.Dialect != dialect)
        {
            found.Add(node);
            return;
        }
        foreach (var child in node.Children) FindForeign(child, dialect, found);
    }

    /// <summary>The schema with the parts that are none of this meta-schema's business replaced by ones that say nothing.</summary>
    private static JsonElement Without(List<SchemaNode> parts, SchemaNode node)
    {
        if (parts.Count == 0) return node.Json;
        var leftOut = parts.ToHashSet();
        var text = new StringBuilder();
        new SchemaPrinter(text, isLeftOut: leftOut.Contains).Print(node);
        using var document = JsonDocument.Parse(text.ToString(), new JsonDocumentOptions { MaxDepth = MaxDepth });
        return document.RootElement.Clone();
    }
}
