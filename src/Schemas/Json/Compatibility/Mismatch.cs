namespace Gateway.Schemas.Json.Compatibility;

/// <summary>
/// Tells at a glance that two schemas cannot agree, as branches of unions mostly cannot: they are of different kinds, or a constant tells
/// them apart.
/// </summary>
internal static class Mismatch
{
    private const int NamesLookedAt = 16;

    /// <summary>True when a comparison could only say no. False says nothing.</summary>
    public static bool IsCertain(SchemaComparison comparison, ComparedSchema original, ComparedSchema update)
    {
        if (IsOfKindsOrValues(original, update)) return true;
        if (original is not ComparedObject before || update is not ComparedObject after) return false;
        var names = Math.Min(before.Names.Count, NamesLookedAt);
        for (var i = 0; i < names; i++)
        {
            var name = before.Names[i];
            comparison.Charge();
            if (after.Properties.TryGetValue(name, out var property)
                && IsOfKindsOrValues(comparison.Resolve(before.Properties[name]), comparison.Resolve(property))) return true;
        }
        return false;
    }

    private static bool IsOfKindsOrValues(ComparedSchema original, ComparedSchema update)
    {
        if (original is ComparedCombined || update is ComparedCombined) return false;
        if (original.Kind != update.Kind) return !SchemaRules.MayChangeKind(original, update);
        return original is ComparedValues before && update is ComparedValues after
            && (before.Kind == SchemaKind.Const ? !before.Values.SetEquals(after.Values) : !after.Values.IsSupersetOf(before.Values));
    }
}
