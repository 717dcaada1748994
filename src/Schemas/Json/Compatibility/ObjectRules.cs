namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Objects: properties by their content model, what is required, what depends on what.</summary>
internal static class ObjectRules
{
    public static void Compare(SchemaComparison comparison, ComparedObject original, ComparedObject update)
    {
        Required(comparison, original, update);
        Properties(comparison, original, update);
        PropertyDependencies(comparison, original, update);
        SchemaDependencies(comparison, original, update);
        ContentRules.Additional(comparison, "additionalProperties", "ADDITIONAL_PROPERTIES",
            (original.PermitsAdditional, original.Additional), (update.PermitsAdditional, update.Additional));
        ContentRules.Unevaluated(comparison, "unevaluatedProperties", "UNEVALUATED_PROPERTIES", original.Unevaluated, update.Unevaluated);
        ValueRules.Limit(comparison, "maxProperties", "MAX_PROPERTIES", original.MaxProperties, update.MaxProperties);
        ValueRules.Limit(comparison, "minProperties", "MIN_PROPERTIES", original.MinProperties, update.MinProperties);
        ExhaustiveRules.RequiredType(comparison, original.IsRequired, update.IsRequired);
        if (comparison.IsExhaustive) ExhaustiveObjectRules.Compare(comparison, original, update);
    }

    private static void Required(SchemaComparison comparison, ComparedObject original, ComparedObject update)
    {
        foreach (var name in original.Names)
        {
            if (!update.Properties.TryGetValue(name, out var property)) continue;
            var (was, isNow) = (original.Required.Contains(name), update.Required.Contains(name));
            if (was && !isNow) comparison.Add("REQUIRED_ATTRIBUTE_REMOVED", "required", name);
            else if (isNow && !was)
                comparison.Add(property.Default is null ? "REQUIRED_ATTRIBUTE_ADDED" : "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED", "required", name);
        }
    }

    private static void Properties(SchemaComparison comparison, ComparedObject original, ComparedObject update)
    {
        foreach (var name in original.Names)
        {
            var was = original.Properties[name];
            if (update.Properties.TryGetValue(name, out var isNow)) comparison.CompareOptional("properties", name, was, isNow);
            else ContentModel.Properties.Removed(comparison, name, was, IsOpenFor(comparison, update, name), Covering(comparison, update, name));
        }
        foreach (var name in update.Names)
            if (!original.Properties.ContainsKey(name)) Added(comparison, name, original, update);
    }

    /// <summary>The original decides what may have been written under the name of a property it does not describe.</summary>
    private static void Added(SchemaComparison comparison, string name, ComparedObject original, ComparedObject update)
    {
        var property = update.Properties[name];
        var need = !update.Required.Contains(name) ? "OPTIONAL_PROPERTY"
            : property.Default is null ? "REQUIRED_PROPERTY" : "REQUIRED_PROPERTY_WITH_DEFAULT";
        if (IsOpenFor(comparison, original, name))
        {
            ContentModel.Properties.AddedToOpen(comparison, name, property, $"{need}_ADDED_TO_OPEN_CONTENT_MODEL");
            return;
        }
        if (Covering(comparison, original, name).FirstOrDefault() is { } covering)
            ContentModel.Properties.AddedToPartiallyOpen(comparison, name, covering, property);
        comparison.Add($"{need}_ADDED_TO_UNOPEN_CONTENT_MODEL", "properties", name);
    }

    private static bool IsOpenFor(SchemaComparison comparison, ComparedObject schema, string name) =>
        schema.IsOpen || (comparison.IsExhaustive && ExhaustiveObjectRules.IsOpenFor(comparison, schema, name));

    /// <summary>
    /// What a property must be that only patterns or the rest of the content model cover; nothing where none do. Of several patterns the
    /// first is meant, unless the policy asks for all.
    /// </summary>
    private static IEnumerable<ComparedSchema> Covering(SchemaComparison comparison, ComparedObject schema, string name)
    {
        var isMatched = false;
        foreach (var (pattern, property) in schema.Patterns)
        {
            if (!comparison.Names.IsMatch(pattern, name)) continue;
            isMatched = true;
            yield return property;
            if (!comparison.IsExhaustive) yield break;
        }
        if (isMatched) yield break;
        if (schema.Additional is not null) yield return schema.Additional;
        else if (schema.PermitsAdditional && schema.Unevaluated is { Kind: not SchemaKind.False } unevaluated) yield return unevaluated;
    }

    private static void PropertyDependencies(SchemaComparison comparison, ComparedObject original, ComparedObject update)
    {
        foreach (var (name, was) in original.PropertyDependencies)
        {
            comparison.Charge();
            if (!update.PropertyDependencies.TryGetValue(name, out var isNow)) comparison.Add("DEPENDENCY_ARRAY_REMOVED", "dependencies", name);
            else if (!was.SetEquals(isNow))
                comparison.Add(
                    isNow.IsSupersetOf(was) ? "DEPENDENCY_ARRAY_EXTENDED"
                    : isNow.IsSubsetOf(was) ? "DEPENDENCY_ARRAY_NARROWED" : "DEPENDENCY_ARRAY_CHANGED",
                    "dependencies", name);
        }
        foreach (var name in update.PropertyDependencies.Keys)
            if (!original.PropertyDependencies.ContainsKey(name)) comparison.Add("DEPENDENCY_ARRAY_ADDED", "dependencies", name);
    }

    private static void SchemaDependencies(SchemaComparison comparison, ComparedObject original, ComparedObject update)
    {
        foreach (var (name, was) in original.SchemaDependencies)
        {
            if (update.SchemaDependencies.TryGetValue(name, out var isNow)) comparison.CompareOptional("dependencies", name, was, isNow);
            else comparison.Add("DEPENDENCY_SCHEMA_REMOVED", "dependencies", name);
        }
        foreach (var name in update.SchemaDependencies.Keys)
            if (!original.SchemaDependencies.ContainsKey(name)) comparison.Add("DEPENDENCY_SCHEMA_ADDED", "dependencies", name);
    }
}
