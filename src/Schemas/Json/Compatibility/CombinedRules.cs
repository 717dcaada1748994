namespace Gateway.Schemas.Json.Compatibility;

/// <summary><c>allOf</c>, <c>anyOf</c> and <c>oneOf</c> against each other.</summary>
internal static class CombinedRules
{
    public static void Compare(SchemaComparison comparison, ComparedCombined original, ComparedCombined update)
    {
        if (original.Criterion != update.Criterion)
        {
            if (!IsExtended(original, update))
            {
                comparison.Add("COMBINED_TYPE_CHANGED");
                return;
            }
            comparison.Add("COMBINED_TYPE_EXTENDED");
        }

        var (before, after) = (original.Distinct, update.Distinct);
        if (before.Count < after.Count) comparison.Add(update.Criterion == Criterion.All ? "PRODUCT_TYPE_EXTENDED" : "SUM_TYPE_EXTENDED");
        else if (before.Count > after.Count)
            comparison.Add(original.Criterion == Criterion.All ? "PRODUCT_TYPE_NARROWED" : "SUM_TYPE_NARROWED");

        var matching = new BranchMatching(comparison, before, after).Find();
        for (var i = 0; i < before.Count; i++)
            if (matching[i] is { } below) comparison.AddPair(original.Keyword, SchemaComparison.Index(i), below);
        if (matching.Count(below => below is not null) < Math.Min(before.Count, after.Count))
            comparison.Add("COMBINED_TYPE_SUBSCHEMAS_CHANGED");
    }

    private static bool IsExtended(ComparedCombined original, ComparedCombined update)
    {
        var (wasOne, isOne) = (original.Branches.Count == 1, update.Branches.Count == 1);
        return update.Criterion == Criterion.Any
            || (wasOne && isOne)
            || (wasOne && update.Criterion == Criterion.One)
            || (isOne && original.Criterion == Criterion.All);
    }
}
