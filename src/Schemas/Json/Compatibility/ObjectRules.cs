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
            else Removed(comparison, name, was, update);
        }
        foreach (var name in update.Names)
            if (!original.Properties.ContainsKey(name)) Added(comparison, name, original, update);
    }

    /// <summary>The update decides where a property goes that it does not describe.</summary>
    private static void Removed(SchemaComparison comparison, string name, ComparedSchema property, ComparedObject update)
    {
        if (IsOpenFor(comparison, update, name))
        {
            comparison.Add("PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL", "properties", name);
        }
        else if (Covering(comparison, update, name) is { } covering)
        {
            var below = comparison.Below(property, covering);
            comparison.AddPair("properties", name, below);
            comparison.Add(
                below.IsIncompatible || !ExhaustiveObjectRules.IsCoveredByAll(comparison, property, update, name)
                    ? "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
                    : "PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
                "properties", name);
        }
        else
        {
            comparison.Add(
                comparison.Resolve(property).Kind == SchemaKind.False
                    ? "PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL" : "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL",
                "properties", name);
        }
    }

    /// <summary>The original decides what may have been written under the name of a property it does not describe.</summary>
    private static void Added(SchemaComparison comparison, string name, ComparedObject original, ComparedObject update)
    {
        var property = update.Properties[name];
        var need = !update.Required.Contains(name) ? "OPTIONAL_PROPERTY"
            : property.Default is null ? "REQUIRED_PROPERTY" : "REQUIRED_PROPERTY_WITH_DEFAULT";
        if (IsOpenFor(comparison, original, name))
        {
            comparison.Add(
                ContentRules.IsEmpty(comparison, property)
                    ? "PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL" : $"{need}_ADDED_TO_OPEN_CONTENT_MODEL",
                "properties", name);
            return;
        }
        if (Covering(comparison, original, name) is { } covering)
        {
            var below = comparison.Below(covering, property);
            comparison.AddPair("properties", name, below);
            comparison.Add(
                below.IsIncompatible
                    ? "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
                    : "PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
                "properties", name);
        }
        comparison.Add($"{need}_ADDED_TO_UNOPEN_CONTENT_MODEL", "properties", name);
    }

    private static bool IsOpenFor(SchemaComparison comparison, ComparedObject schema, string name) =>
        schema.IsOpen || (comparison.IsExhaustive && ExhaustiveObjectRules.IsOpenFor(comparison, schema, name));

    /// <summary>What a property must be that only a pattern or the rest of the content model covers; null where nothing does.</summary>
    private static ComparedSchema? Covering(SchemaComparison comparison, ComparedObject schema, string name)
    {
        foreach (var (pattern, property) in schema.Patterns)
            if (comparison.Names.IsMatch(pattern, name)) return property;
        if (schema.Additional is not null) return schema.Additional;
        return schema.PermitsAdditional && schema.Unevaluated is { Kind: not SchemaKind.False } unevaluated ? unevaluated : null;
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
