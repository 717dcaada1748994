using System.Text;
using System.Text.Json;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>
/// Reads schemas the way comparisons see them. The order in which keywords are looked at, and which of them make which kind, are those of
/// the JVM registries, since verdicts hang on them.
/// </summary>
/// <param name="structures">Shared by the schemas compared with each other.</param>
/// <param name="exhaustive">Whether keywords without effect are left out, which the registries compare all the same.</param>
/// <param name="meter">What the comparison may cost.</param>
internal sealed class ComparisonModel(SchemaStructures structures, bool exhaustive, BudgetMeter meter)
{
    // What these say is compared, or is no part of what a schema means.
    private static readonly HashSet<string> Told = new(StringComparer.Ordinal)
    {
        "$schema", "$id", "id", "$ref", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$comment", "$defs", "definitions",
        "title", "description", "default", "type", "enum", "const", "allOf", "anyOf", "oneOf", "not", "if", "then", "else",
        "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "properties", "required", "minProperties", "maxProperties", "dependencies", "patternProperties", "additionalProperties",
        "propertyNames", "dependentRequired", "dependentSchemas", "unevaluatedProperties", "items", "additionalItems", "minItems",
        "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "prefixItems", "unevaluatedItems",
    };

    private readonly Dictionary<SchemaNode, ComparedSchema> _known = [];

    /// <summary>The schema at a place.</summary>
    public ComparedSchema Of(SchemaNode node)
    {
        if (_known.TryGetValue(node, out var known)) return known;
        meter.Enter();
        var saysOfStrings = false;
        var schema = node.IsFalse ? new ComparedSchema(SchemaKind.False) : Read(node, out saysOfStrings);
        var rest = "";
        if (node.Json.ValueKind == JsonValueKind.Object)
        {
            Annotate(schema, node, saysOfStrings);
            rest = Rest(node);
        }
        structures.Number(schema, rest);
        meter.Leave();
        return _known[node] = schema;
    }

    /// <summary>The schema a reference leads to in the end; the reference itself where it leads nowhere.</summary>
    public ComparedSchema Resolve(ComparedSchema schema)
    {
        if (schema is not ComparedReference reference) return schema;
        if (reference.Resolved is { } known) return known;
        var passed = new HashSet<SchemaNode>();
        var at = schema;
        while (at is ComparedReference { Resolved: null, Target: { } target })
        {
            meter.Step();
            if (!passed.Add(target)) break;
            at = Of(target);
        }
        if (at is ComparedReference { Resolved: { } further }) at = further;
        return reference.Resolved = at is ComparedReference ? reference : at;
    }

    private ComparedSchema Read(SchemaNode node, out bool saysOfStrings)
    {
        saysOfStrings = false;
        var parts = new List<ComparedSchema>(1);
        if (node.Find("$ref") is { Value.ValueKind: JsonValueKind.String } reference)
        {
            parts.Add(new ComparedReference(reference.Value.GetString()!, TargetOf(node)));
            if (node.Draft.RefStandsAlone()) return parts[0];
        }
        if (node.Find("enum")?.Value is { ValueKind: JsonValueKind.Array } values)
            parts.Add(new ComparedValues(SchemaKind.Enum, values.EnumerateArray().Select(CanonicalValue.Of).ToHashSet(StringComparer.Ordinal)));
        Combine(node, "allOf", Criterion.All, parts);
        Combine(node, "anyOf", Criterion.Any, parts);
        Combine(node, "oneOf", Criterion.One, parts);
        if (node.Find("not")?.Schema is { } negated) parts.Add(new ComparedNot(Of(negated)));
        if (node.Draft != JsonSchemaDraft.Draft4 && node.Find("const")?.Value is { } constant)
            parts.Add(new ComparedValues(SchemaKind.Const, new HashSet<string>([CanonicalValue.Of(constant)], StringComparer.Ordinal)));
        saysOfStrings = AddTyped(node, parts);
        if (node.Draft >= JsonSchemaDraft.Draft7
            && (node.Find("if")?.Schema, node.Find("then")?.Schema, node.Find("else")?.Schema) is var (condition, then, otherwise)
            && (condition ?? then ?? otherwise) is not null)
            parts.Add(new ComparedConditional(Part(condition), Part(then), Part(otherwise)));
        if (parts.Count == 0) return new ComparedSchema(SchemaKind.Empty);
        if (parts.Count == 1) return parts[0];
        // The parts stand for keywords of one schema, so nothing else tells them.
        foreach (var part in parts) structures.Number(part, "");
        return new ComparedCombined(Criterion.All, parts);
    }

    private static SchemaNode? TargetOf(SchemaNode node) =>
        node.Reference is { Keyword: "$ref" } first ? first.Node : node.SecondReference is { Keyword: "$ref" } second ? second.Node : null;

    private ComparedSchema? Part(SchemaNode? node) => node is null ? null : Of(node);

    private void Combine(SchemaNode node, string keyword, Criterion criterion, List<ComparedSchema> parts)
    {
        if (node.Find(keyword)?.List is { } branches) parts.Add(new ComparedCombined(criterion, [.. branches.Select(Of)]));
    }

    /// <summary>
    /// Adds the schemas that <c>type</c> asks for, then one for each kind whose keywords are there without its type. True when strings are
    /// among them.
    /// </summary>
    private bool AddTyped(SchemaNode node, List<ComparedSchema> parts)
    {
        var reader = new TypedSchemaReader(this, node, exhaustive);
        var made = new HashSet<SchemaKind>();
        var type = node.Find("type")?.Value;
        if (type is { ValueKind: JsonValueKind.String } one)
        {
            if (Typed(reader, one.GetString()!, made) is { } schema) parts.Add(schema);
        }
        else if (type is { ValueKind: JsonValueKind.Array } several)
        {
            var branches = new List<ComparedSchema>();
            foreach (var name in several.EnumerateArray())
                if (name.ValueKind == JsonValueKind.String && Typed(reader, name.GetString()!, made) is { } branch) branches.Add(branch);
            foreach (var branch in branches) structures.Number(branch, "");
            parts.Add(new ComparedCombined(Criterion.Any, branches));
        }
        if (!made.Contains(SchemaKind.Array) && reader.SaysOfArrays) parts.Add(reader.Array(isRequired: false));
        if (!made.Contains(SchemaKind.Object) && reader.SaysOfObjects) parts.Add(reader.Object(isRequired: false));
        if (!made.Contains(SchemaKind.Number) && reader.SaysOfNumbers) parts.Add(reader.Number(isRequired: false, isInteger: false));
        if (made.Contains(SchemaKind.String) || !reader.SaysOfStrings) return made.Contains(SchemaKind.String);
        parts.Add(reader.String(isRequired: false));
        return true;
    }

    private static ComparedSchema? Typed(TypedSchemaReader reader, string type, HashSet<SchemaKind> made)
    {
        ComparedSchema? schema = type switch
        {
            "string" => reader.String(isRequired: true),
            "integer" => reader.Number(isRequired: true, isInteger: true),
            "number" => reader.Number(isRequired: true, isInteger: false),
            "boolean" => new ComparedSchema(SchemaKind.Boolean),
            "null" => new ComparedSchema(SchemaKind.Null),
            "array" => reader.Array(isRequired: true),
            "object" => reader.Object(isRequired: true),
            _ => null,
        };
        if (schema is not null) made.Add(schema.Kind);
        return schema;
    }

    private static void Annotate(ComparedSchema schema, SchemaNode node, bool saysOfStrings)
    {
        schema.Id = Text(node, node.Draft.IdKeyword());
        schema.Title = Text(node, "title");
        schema.Description = Text(node, "description");
        schema.Default = node.Find("default") is { } standard ? CanonicalValue.Of(standard.Value) : null;
        schema.IsConnectBytes = Text(node, "connect.type") == "bytes";
        if (schema.Unchecked.Count == 0 && !saysOfStrings) schema.Unchecked = TypedSchemaReader.Unchecked(node);
        foreach (var keyword in node.Keywords)
        {
            if (keyword.Name is not ("$dynamicRef" or "$recursiveRef")) continue;
            schema.Unchecked = new Dictionary<string, string>(schema.Unchecked, StringComparer.Ordinal)
            {
                [keyword.Name] = CanonicalValue.Of(keyword.Value),
            };
        }
    }

    /// <summary>Everything that is written and not compared: schemas written twice are one only if that agrees too.</summary>
    private static string Rest(SchemaNode node)
    {
        StringBuilder? rest = null;
        foreach (var keyword in node.Keywords.Where(keyword => !Told.Contains(keyword.Name)).OrderBy(keyword => keyword.Name, StringComparer.Ordinal))
            (rest ??= new()).Append(keyword.Name).Append('=').Append(CanonicalValue.Of(keyword.Value)).Append(',');
        return rest?.ToString() ?? "";
    }

    private static string? Text(SchemaNode node, string keyword) =>
        node.Find(keyword)?.Value is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
