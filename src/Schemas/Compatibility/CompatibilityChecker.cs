namespace Gateway.Schemas.Compatibility;

/// <summary>Holds a new schema against earlier ones at a level.</summary>
public static class CompatibilityChecker
{
    /// <summary>What is said where two versions are of different languages.</summary>
    public const string DifferentTypeMessage = "Incompatible because of different schema type";

    /// <summary>
    /// Messages for the first earlier version that does not go with the new one; empty when all do. Texts that are too costly to compare
    /// count as incompatible, with the reason as the message.
    /// </summary>
    /// <param name="level">The rule.</param>
    /// <param name="candidate">The new schema.</param>
    /// <param name="earlier">Earlier versions, newest first; a level that is not transitive looks at the first only.</param>
    /// <param name="budget">Limit of each comparison.</param>
    /// <param name="firstFailure">Index in <paramref name="earlier"/> of the version that failed, or −1.</param>
    public static IReadOnlyList<string> Check(
        CompatibilityLevel level, ISchema candidate, IReadOnlyList<ISchema> earlier, SchemaBudget budget, out int firstFailure) =>
        Check(level, CompatibilityPolicy.Strict, candidate, earlier, budget, out firstFailure);

    /// <summary>The same under a chosen policy.</summary>
    /// <param name="level">The rule.</param>
    /// <param name="policy">How much is looked at.</param>
    /// <param name="candidate">The new schema.</param>
    /// <param name="earlier">Earlier versions, newest first; a level that is not transitive looks at the first only.</param>
    /// <param name="budget">Limit of each comparison.</param>
    /// <param name="firstFailure">Index in <paramref name="earlier"/> of the version that failed, or −1.</param>
    public static IReadOnlyList<string> Check(
        CompatibilityLevel level, CompatibilityPolicy policy, ISchema candidate, IReadOnlyList<ISchema> earlier, SchemaBudget budget,
        out int firstFailure)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(earlier);
        firstFailure = -1;
        if (level == CompatibilityLevel.None) return [];
        var count = CompatibilityLevels.IsTransitive(level) ? earlier.Count : Math.Min(1, earlier.Count);
        for (var i = 0; i < count; i++)
        {
            var messages = CheckOne(level, policy, candidate, earlier[i], budget);
            if (messages.Count == 0) continue;
            firstFailure = i;
            return messages;
        }
        return [];
    }

    private static List<string> CheckOne(
        CompatibilityLevel level, CompatibilityPolicy policy, ISchema candidate, ISchema earlier, SchemaBudget budget)
    {
        if (candidate.SchemaType != earlier.SchemaType) return [DifferentTypeMessage];
        try
        {
            var messages = new List<string>();
            if (CompatibilityLevels.IsReadByOlder(level))
            {
                var differences = earlier.CompareAsReaderOf(candidate, policy, budget);
                messages.AddRange(differences.Select(difference => difference.Between("old", "new").ToString()));
            }
            if (CompatibilityLevels.ReadsOlder(level))
            {
                var differences = candidate.CompareAsReaderOf(earlier, policy, budget);
                messages.AddRange(differences.Select(difference => difference.Between("new", "old").ToString()));
            }
            return messages;
        }
        catch (SchemaBudgetException exceeded)
        {
            return [$"The schemas could not be compared: {exceeded.Message}"];
        }
    }
}
