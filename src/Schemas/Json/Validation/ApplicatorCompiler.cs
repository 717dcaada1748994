using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Json.Patterns;

namespace Gateway.Schemas.Json.Validation;

/// <summary>The keywords that apply other schemas: to the same value, to its members, to its items.</summary>
internal static class ApplicatorCompiler
{
    public static void Compile(SchemaNode node, List<Check> checks, SchemaCompiler compiler)
    {
        if (Members(node, compiler) is { } members) checks.Add(members);
        if (Items(node, compiler) is { } items) checks.Add(items);
        foreach (var keyword in node.Keywords)
        {
            if (Of(node, keyword, compiler) is { } check) checks.Add(check);
        }
    }

    /// <summary><c>unevaluatedItems</c> and <c>unevaluatedProperties</c>.</summary>
    public static Check? Unevaluated(SchemaNode node, SchemaCompiler compiler)
    {
        if (node.Draft < JsonSchemaDraft.Draft201909) return null;
        var items = Single(node, "unevaluatedItems", compiler);
        var properties = Single(node, "unevaluatedProperties", compiler);
        return items is null && properties is null ? null : new UnevaluatedCheck(node, items, properties);
    }

    private static Check? Of(SchemaNode node, SchemaKeyword keyword, SchemaCompiler compiler) => keyword switch
    {
        { Name: "allOf", List: { } list } => new AllOfCheck(node, All(list, compiler)),
        { Name: "anyOf" or "oneOf", List: { } list } => new SomeOfCheck(node, keyword.Name, All(list, compiler)),
        { Name: "not", Schema: { } schema } => new NotCheck(node, compiler.Of(schema)),
        { Name: "if", Schema: { } schema } => Condition(node, schema, compiler),
        { Name: "contains", Schema: { } schema } => Contains(node, schema, compiler),
        { Name: "propertyNames", Schema: { } schema } => new NamesCheck(node, compiler.Of(schema)),
        { Name: "dependentSchemas" or "dependencies", Map: { Count: > 0 } map } => new DependentSchemasCheck(
            node, keyword.Name, map.Select(entry => new KeyValuePair<string, CompiledSchema>(entry.Key, compiler.Of(entry.Value)))),
        _ => null,
    };

    private static ConditionCheck Condition(SchemaNode node, SchemaNode condition, SchemaCompiler compiler) =>
        new(node, compiler.Of(condition), Single(node, "then", compiler), Single(node, "else", compiler));

    private static Check? Contains(SchemaNode node, SchemaNode schema, SchemaCompiler compiler)
    {
        var counts = node.Draft >= JsonSchemaDraft.Draft201909 && node.Resource.Dialect.Vocabularies.HasFlag(SchemaVocabularies.Validation);
        var atLeast = counts && node.Find("minContains") is { } min ? AssertionCompiler.Count(min.Value) ?? 1 : 1;
        var atMost = counts && node.Find("maxContains") is { } max ? AssertionCompiler.Count(max.Value) ?? int.MaxValue : int.MaxValue;
        return new ContainsCheck(node, compiler.Of(schema), atLeast, atMost);
    }

    private static Check? Members(SchemaNode node, SchemaCompiler compiler)
    {
        var properties = node.Find("properties")?.Map ?? [];
        var patternMap = node.Find("patternProperties")?.Map ?? [];
        var additional = Single(node, "additionalProperties", compiler);
        if (properties.Count == 0 && patternMap.Count == 0 && additional is null) return null;
        var patterns = new List<(SchemaPattern, CompiledSchema)>();
        foreach (var (text, schema) in patternMap)
        {
            var pattern = AssertionCompiler.Pattern(text, node, "/patternProperties" + SchemaNode.Escaped(text), compiler);
            if (pattern is null) return new UnusablePatternCheck(node, "patternProperties", text, ValueKinds.Object);
            patterns.Add((pattern, compiler.Of(schema)));
        }
        var byName = properties.Select(entry => new KeyValuePair<string, CompiledSchema>(entry.Key, compiler.Of(entry.Value)));
        return new MembersCheck(node, new Utf8Names<CompiledSchema>(byName), [.. patterns], additional);
    }

    private static ItemsCheck? Items(SchemaNode node, SchemaCompiler compiler)
    {
        var items = node.Find("items");
        if (node.Draft == JsonSchemaDraft.Draft202012)
        {
            var first = node.Find("prefixItems")?.List;
            return first is null && items?.Schema is null ? null
                : new ItemsCheck(node, first is null ? [] : All(first, compiler), items?.Schema is { } rest ? compiler.Of(rest) : null);
        }
        if (items?.List is { } tuple) return new ItemsCheck(node, All(tuple, compiler), Single(node, "additionalItems", compiler));
        return items?.Schema is { } all ? new ItemsCheck(node, [], compiler.Of(all)) : null;
    }

    private static CompiledSchema? Single(SchemaNode node, string keyword, SchemaCompiler compiler) =>
        node.Find(keyword)?.Schema is { } schema ? compiler.Of(schema) : null;

    private static CompiledSchema[] All(IReadOnlyList<SchemaNode> nodes, SchemaCompiler compiler) => [.. nodes.Select(compiler.Of)];
}
