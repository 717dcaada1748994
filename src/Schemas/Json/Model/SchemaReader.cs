using System.Text;
using System.Text.Json;
using Gateway.Common.Json;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Json.Model;

/// <summary>Reads a schema text and the texts it rests on, and joins them.</summary>
internal static class SchemaReader
{
    /// <summary>Reads everything. References that lead nowhere are left in the set for the caller to judge.</summary>
    /// <returns>The main text's schema, or null and the reason.</returns>
    public static SchemaNode? Read(
        string text, IReadOnlyList<ResolvedReference> references, SchemaBudget budget, out SchemaSet set, out SchemaError? error)
    {
        var meter = budget.Start();
        set = new SchemaSet(() => MetaSchemas.Bundled, meter);
        var bytes = Encoding.UTF8.GetByteCount(text) + references.Sum(reference => (long)Encoding.UTF8.GetByteCount(reference.Text));
        if (bytes > budget.MaxTextBytes)
        {
            error = new SchemaError($"The schema is longer than {budget.MaxTextBytes} bytes, which is the limit");
            return null;
        }
        if (Parse(text, budget, out error) is not { } main) return null;
        var dialect = SchemaDialect.Of(DraftOf(main) ?? JsonSchemaDraft.Draft7);
        var mainUri = SchemaLoader.UriOf(main, SchemaUri.Unnamed, dialect.Draft);
        try
        {
            // The ones the text itself names go first: where two versions answer to one name, the text's own choice counts.
            foreach (var reference in references.OrderByDescending(reference => reference.IsDirect))
            {
                var name = reference.Reference.Name;
                if (Parse(reference.Text, budget, out error) is not { } referenced)
                {
                    error = error! with { Message = $"In reference {name}: {error.Message}" };
                    return null;
                }
                set.Add(referenced, SchemaUri.Resolve(mainUri, SchemaUri.Split(name).Uri), name, dialect, isMain: false);
            }
            var root = set.Add(main, SchemaUri.Unnamed, null, dialect, isMain: true);
            set.ResolveReferences();
            return root;
        }
        catch (SchemaBudgetException exceeded)
        {
            error = new SchemaError($"The schema is too much to read: {exceeded.Message}", "", 1, 1);
        }
        catch (InsufficientExecutionStackException)
        {
            error = new SchemaError("The schema is nested too deep", "", 1, 1);
        }
        return null;
    }

    /// <summary>A fault of the text at a path, with its line and column.</summary>
    public static SchemaError At(string message, string text, string pointer, SchemaBudget budget)
    {
        var path = pointer.Length == 0 ? [] : pointer[1..].Split('/')
            .Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
        var (line, column) = JsonLocation.Find(Encoding.UTF8.GetBytes(text), path, new JsonReaderOptions { MaxDepth = budget.MaxDepth });
        return new SchemaError(message, pointer, line, column);
    }

    private static JsonSchemaDraft? DraftOf(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("$schema", out var uri) && uri.ValueKind == JsonValueKind.String
            ? JsonSchemaDrafts.Find(uri.GetString()!) : null;

    private static JsonElement? Parse(string text, SchemaBudget budget, out SchemaError? error)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        error = null;
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = budget.MaxDepth });
            if (JsonEscapes.HasLoneSurrogate(utf8))
            {
                error = new SchemaError("A string is not text: it has half of an escaped surrogate pair", "", 1, 1);
                return null;
            }
            var root = document.RootElement.Clone();
            if (root.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False) return root;
            error = new SchemaError($"A JSON Schema is an object, true or false, not {JsonKinds.Describe(root.ValueKind)}", "", 1, 1);
        }
        catch (JsonException fault)
        {
            var reason = JsonDepth.Exceeds(utf8, budget.MaxDepth)
                ? $"The schema is nested more than {budget.MaxDepth} levels deep, which is the limit"
                : $"The schema is not JSON: {JsonSyntax.Describe(fault, utf8)}";
            error = new SchemaError(reason, "", JsonSyntax.Line(fault), JsonSyntax.Column(fault));
        }
        return null;
    }
}
