using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Validation;

/// <summary>Holds new texts against the meta-schema of their draft, and the parts of them that are of another draft against theirs.</summary>
internal static class MetaSchemaCheck
{
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
        var copy = JsonObject.Create(node.Json)!;
        foreach (var part in parts)
        {
            JsonNode at = copy;
            var steps = part.Pointer[(node.Pointer.Length + 1)..].Split('/');
            for (var i = 0; i < steps.Length; i++)
            {
                var step = steps[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
                var isLast = i == steps.Length - 1;
                if (at is JsonArray array)
                {
                    var index = int.Parse(step, System.Globalization.CultureInfo.InvariantCulture);
                    if (isLast) array[index] = new JsonObject();
                    else at = array[index]!;
                }
                else if (isLast) at[step] = new JsonObject();
                else at = at[step]!;
            }
        }
        using var document = JsonDocument.Parse(copy.ToJsonString(), new JsonDocumentOptions { MaxDepth = 1000 });
        return document.RootElement.Clone();
    }
}
