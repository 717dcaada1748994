namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Which rules a pair of schemas is compared by.</summary>
internal static class SchemaRules
{
    /// <summary>Whether a schema may become one of another kind.</summary>
    public static bool MayChangeKind(ComparedSchema original, ComparedSchema update) =>
        original.Kind == SchemaKind.False || update.Kind == SchemaKind.Empty || (original.IsConnectBytes && update.IsConnectBytes);

    public static void Compare(SchemaComparison comparison, ComparedSchema original, ComparedSchema update)
    {
        if (original is not ComparedCombined && update is ComparedCombined sum && IsInSum(comparison, original, sum)) return;
        if (original is ComparedCombined product && update is not ComparedCombined && HasFactor(comparison, product, update)) return;
        if (original.Kind != update.Kind)
        {
            if (!MayChangeKind(original, update)) comparison.Add("TYPE_CHANGED");
            else if (original.Kind != SchemaKind.False) ExhaustiveRules.Unchecked(comparison, original.Unchecked, update.Unchecked);
            return;
        }

        Annotations(comparison, original, update);
        ExhaustiveRules.Unchecked(comparison, original.Unchecked, update.Unchecked);
        switch (original, update)
        {
            case (ComparedString a, ComparedString b):
                ValueRules.Compare(comparison, a, b);
                break;
            case (ComparedNumber a, ComparedNumber b):
                ValueRules.Compare(comparison, a, b);
                break;
            case (ComparedValues a, ComparedValues b):
                ValueRules.Compare(comparison, a, b);
                break;
            case (ComparedObject a, ComparedObject b):
                ObjectRules.Compare(comparison, a, b);
                break;
            case (ComparedArray a, ComparedArray b):
                ArrayRules.Compare(comparison, a, b);
                break;
            case (ComparedCombined a, ComparedCombined b):
                CombinedRules.Compare(comparison, a, b);
                break;
            case (ComparedNot a, ComparedNot b):
                Negations(comparison, a, b);
                break;
            case (ComparedConditional a, ComparedConditional b):
                ExhaustiveRules.Conditions(comparison, a, b);
                break;
            case (ComparedReference a, ComparedReference b):
                if (a.Text != b.Text) comparison.Add("TYPE_CHANGED");
                break;
        }
    }

    /// <summary>A schema that becomes one branch of several, or the only one.</summary>
    private static bool IsInSum(SchemaComparison comparison, ComparedSchema original, ComparedCombined update)
    {
        var isOnly = update.Branches.Count == 1;
        if (!isOnly && update.Criterion == Criterion.All) return false;
        foreach (var branch in update.Branches)
        {
            if (!comparison.IsCompatible(original, branch)) continue;
            comparison.AddPair(null, null, comparison.Below(original, branch));
            if (!isOnly) comparison.Add("SUM_TYPE_EXTENDED");
            ExhaustiveRules.Unchecked(comparison, ComparedSchema.NoKeywords, update.Unchecked);
            return true;
        }
        return false;
    }

    /// <summary>A schema that was all of several, or the only one, and becomes one of them.</summary>
    private static bool HasFactor(SchemaComparison comparison, ComparedCombined original, ComparedSchema update)
    {
        var isOnly = original.Branches.Count == 1;
        if (!isOnly && original.Criterion != Criterion.All) return false;
        foreach (var branch in original.Branches)
        {
            if (!comparison.IsCompatible(branch, update)) continue;
            comparison.AddPair(null, null, comparison.Below(branch, update));
            if (!isOnly) comparison.Add("PRODUCT_TYPE_NARROWED");
            return true;
        }
        return false;
    }

    private static void Annotations(SchemaComparison comparison, ComparedSchema original, ComparedSchema update)
    {
        if (original.Id != update.Id) comparison.Add("ID_CHANGED");
        if (original.Title != update.Title) comparison.Add("TITLE_CHANGED");
        if (original.Description != update.Description) comparison.Add("DESCRIPTION_CHANGED");
        if (original.Default != update.Default) comparison.Add("DEFAULT_CHANGED");
    }

    /// <summary>
    /// What is refused may become less, so the other way round it may become more. Where both hold nothing has changed that counts.
    /// </summary>
    private static void Negations(SchemaComparison comparison, ComparedNot original, ComparedNot update)
    {
        if (comparison.Below(update.Negated, original.Negated).IsIncompatible) comparison.Add("NOT_TYPE_EXTENDED", "not");
        else if (comparison.Below(original.Negated, update.Negated).IsIncompatible) comparison.Add("NOT_TYPE_NARROWED", "not");
    }
}
