namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Arrays: one schema for all items, or a tuple and what may come after it.</summary>
internal static class ArrayRules
{
    public static void Compare(SchemaComparison comparison, ComparedArray original, ComparedArray update)
    {
        comparison.CompareOptional("items", null, original.AllItems, update.AllItems);
        Tuples(comparison, original, update);
        ContentRules.Additional(comparison, "additionalItems", "ADDITIONAL_ITEMS",
            (original.PermitsAdditional, original.Additional), (update.PermitsAdditional, update.Additional));
        ContentRules.Unevaluated(comparison, "unevaluatedItems", "UNEVALUATED_ITEMS", original.Unevaluated, update.Unevaluated);
        ValueRules.Limit(comparison, "maxItems", "MAX_ITEMS", original.MaxItems, update.MaxItems);
        ValueRules.Limit(comparison, "minItems", "MIN_ITEMS", original.MinItems, update.MinItems);
        if (original.UniqueItems != update.UniqueItems)
            comparison.Add(original.UniqueItems ? "UNIQUE_ITEMS_REMOVED" : "UNIQUE_ITEMS_ADDED", "uniqueItems");
        ValueRules.Limit(comparison, "maxContains", "MAX_CONTAINS", original.MaxContains, update.MaxContains);
        ValueRules.Limit(comparison, "minContains", "MIN_CONTAINS", original.MinContains, update.MinContains);
        ExhaustiveRules.RequiredType(comparison, original.IsRequired, update.IsRequired);
        ExhaustiveRules.Contains(comparison, original, update);
    }

    private static void Tuples(SchemaComparison comparison, ComparedArray original, ComparedArray update)
    {
        var both = Math.Min(original.Tuple.Count, update.Tuple.Count);
        for (var i = 0; i < both; i++)
            comparison.CompareOptional("items", SchemaComparison.Index(i), original.Tuple[i], update.Tuple[i]);
        for (var i = both; i < original.Tuple.Count; i++)
            ContentModel.Items.Removed(
                comparison, SchemaComparison.Index(i), original.Tuple[i], update.IsOpen, update.Covering is { } covering ? [covering] : []);
        for (var i = both; i < update.Tuple.Count; i++) Added(comparison, SchemaComparison.Index(i), original, update.Tuple[i]);
    }

    private static void Added(SchemaComparison comparison, string index, ComparedArray original, ComparedSchema item)
    {
        if (original.IsOpen) ContentModel.Items.AddedToOpen(comparison, index, item, "ITEM_ADDED_TO_OPEN_CONTENT_MODEL");
        else if (original.Covering is { } covering) ContentModel.Items.AddedToPartiallyOpen(comparison, index, covering, item);
        else comparison.Add("ITEM_ADDED_TO_CLOSED_CONTENT_MODEL", "items", index);
    }
}
