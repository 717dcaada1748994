using System.Text.Json;
using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Json.Validation;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Reads the keywords of a schema that speak of one type of values.</summary>
/// <param name="model">Reads the schemas below.</param>
/// <param name="node">The schema.</param>
/// <param name="exhaustive">Whether keywords without effect are left out.</param>
internal sealed class TypedSchemaReader(ComparisonModel model, SchemaNode node, bool exhaustive)
{
    private bool IsModern => node.Draft >= JsonSchemaDraft.Draft201909;

    private bool HasNamesAndContains => node.Draft >= JsonSchemaDraft.Draft6;

    /// <summary>What is said of strings and no registry compares.</summary>
    public static IReadOnlyDictionary<string, string> Unchecked(SchemaNode node)
    {
        Dictionary<string, string>? kept = null;
        foreach (var keyword in node.Keywords)
        {
            if (keyword.Name is "format" or "contentEncoding" or "contentMediaType" or "contentSchema")
                (kept ??= new(StringComparer.Ordinal)).Add(keyword.Name, CanonicalValue.Of(keyword.Value));
        }
        return kept ?? ComparedSchema.NoKeywords;
    }

    public bool SaysOfStrings => Has("minLength") || Has("maxLength") || Has("pattern") || (!IsModern && Has("format") && !exhaustive);

    public bool SaysOfNumbers =>
        Has("minimum") || Has("maximum") || Has("exclusiveMinimum") || Has("exclusiveMaximum") || Has("multipleOf");

    public bool SaysOfArrays =>
        Has("items") || (Has("additionalItems") && node.Draft < JsonSchemaDraft.Draft202012) || Has("minItems") || Has("maxItems") || Has("uniqueItems")
        || (HasNamesAndContains && Has("contains")) || (IsModern && (Has("prefixItems") || Has("unevaluatedItems")));

    // The newer drafts are read keyword by keyword there, and a map without entries leaves nothing behind.
    public bool SaysOfObjects =>
        HasEntries("properties") || HasEntries("patternProperties") || Has("required") || Has("minProperties") || Has("maxProperties")
        || Has("dependencies") || Has("additionalProperties") || (HasNamesAndContains && Has("propertyNames"))
        || (IsModern && (Has("dependentRequired") || Has("dependentSchemas") || Has("unevaluatedProperties")));

    public ComparedString String(bool isRequired) => new()
    {
        IsRequired = isRequired,
        MinLength = NumberOf("minLength"),
        MaxLength = NumberOf("maxLength"),
        Pattern = node.Find("pattern")?.Value is { ValueKind: JsonValueKind.String } pattern ? pattern.GetString() : null,
        Unchecked = Unchecked(node),
    };

    public ComparedNumber Number(bool isRequired, bool isInteger) => new()
    {
        IsRequired = isRequired,
        IsInteger = isInteger,
        Minimum = NumberOf("minimum"),
        Maximum = NumberOf("maximum"),
        ExclusiveMinimum = Limit("exclusiveMinimum", "minimum"),
        ExclusiveMaximum = Limit("exclusiveMaximum", "maximum"),
        MultipleOf = NumberOf("multipleOf"),
    };

    public ComparedArray Array(bool isRequired)
    {
        var array = new ComparedArray
        {
            IsRequired = isRequired,
            MinItems = NumberOf("minItems"),
            MaxItems = NumberOf("maxItems"),
            MinContains = NumberOf("minContains"),
            MaxContains = NumberOf("maxContains"),
            UniqueItems = node.Find("uniqueItems")?.Value.ValueKind == JsonValueKind.True,
            Contains = HasNamesAndContains ? SchemaOf("contains") : null,
            Unevaluated = IsModern ? Restricting("unevaluatedItems") : null,
        };
        var items = node.Find("items");
        var tuple = items?.List ?? (IsModern ? node.Find("prefixItems")?.List : null);
        if (tuple is not null) array.Tuple = [.. tuple.Select(model.Of)];
        var after = items?.List is not null || node.Draft < JsonSchemaDraft.Draft202012 ? node.Find("additionalItems")?.Schema : null;
        if (items?.Schema is { } all)
        {
            if (tuple is not null) after = all;
            else if (IsModern && all.IsFalse) array.PermitsAdditional = false;
            else if (!IsModern || !all.IsTrue) array.AllItems = model.Of(all);
        }
        // Without a tuple nothing comes after it, and the keyword says nothing.
        if (after is null || (exhaustive && tuple is null)) return array;
        if (after.IsFalse) array.PermitsAdditional = false;
        else if (!after.IsTrue) array.Additional = model.Of(after);
        return array;
    }

    public ComparedObject Object(bool isRequired)
    {
        var obj = new ComparedObject
        {
            IsRequired = isRequired,
            MinProperties = NumberOf("minProperties"),
            MaxProperties = NumberOf("maxProperties"),
            PropertyNames = HasNamesAndContains ? SchemaOf("propertyNames") : null,
            Unevaluated = IsModern ? Restricting("unevaluatedProperties") : null,
        };
        foreach (var (name, schema) in Entries("properties"))
        {
            obj.Names.Add(name);
            obj.Properties.Add(name, model.Of(schema));
        }
        foreach (var (pattern, schema) in Entries("patternProperties")) obj.Patterns.Add(new(pattern, model.Of(schema)));
        if (node.Find("required")?.Value is { ValueKind: JsonValueKind.Array } required) obj.Required.UnionWith(Texts(required));
        if (node.Find("additionalProperties")?.Schema is { } additional)
        {
            if (additional.IsFalse) obj.PermitsAdditional = false;
            else if (!additional.IsTrue) obj.Additional = model.Of(additional);
        }
        AddDependencies(obj, "dependencies");
        if (!IsModern) return obj;
        AddDependencies(obj, "dependentRequired");
        AddDependencies(obj, "dependentSchemas");
        return obj;
    }

    private void AddDependencies(ComparedObject obj, string keyword)
    {
        foreach (var (name, schema) in Entries(keyword)) obj.SchemaDependencies[name] = model.Of(schema);
        if (node.Find(keyword)?.Value is not { ValueKind: JsonValueKind.Object } written) return;
        foreach (var entry in written.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Array) continue;
            if (!obj.PropertyDependencies.TryGetValue(entry.Name, out var names))
                obj.PropertyDependencies.Add(entry.Name, names = new(StringComparer.Ordinal));
            names.UnionWith(Texts(entry.Value));
        }
    }

    private bool Has(string keyword) => node.Find(keyword) is not null;

    private bool HasEntries(string keyword) => node.Find(keyword) is { } found && !(IsModern && found.Map is { Count: 0 });

    private JsonDecimal? NumberOf(string keyword) => NumberIn(node.Find(keyword)?.Value);

    private ExclusiveLimit? Limit(string keyword, string beside)
    {
        if (node.Find(keyword)?.Value is not { } value) return null;
        if (value.ValueKind == JsonValueKind.True) return NumberOf(beside) is { } limit ? new ExclusiveLimit(limit, IsFlag: true) : null;
        return NumberIn(value) is { } number ? new ExclusiveLimit(number, IsFlag: false) : null;
    }

    private static JsonDecimal? NumberIn(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Number } number ? JsonDecimal.Of(number) : null;

    private ComparedSchema? SchemaOf(string keyword) => node.Find(keyword)?.Schema is { } schema ? model.Of(schema) : null;

    /// <summary>The schema of a keyword that takes everything when it is absent, and when it is <c>true</c>.</summary>
    private ComparedSchema? Restricting(string keyword) => node.Find(keyword)?.Schema is { IsTrue: false } schema ? model.Of(schema) : null;

    private IEnumerable<KeyValuePair<string, SchemaNode>> Entries(string keyword) => node.Find(keyword)?.Map ?? [];

    private static IEnumerable<string> Texts(JsonElement names) =>
        names.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!);
}
