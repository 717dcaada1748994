using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Http;

/// <summary>A version of the list of all, with what the query wants to know besides.</summary>
/// <param name="Version">The version.</param>
/// <param name="Aliases">Other names of its subject; none when they were not asked for.</param>
/// <param name="Associations">The topics its subject belongs to; none when they were not asked for.</param>
internal sealed record ListedSchema(SchemaVersion Version, IReadOnlyList<string> Aliases, IReadOnlyList<Association> Associations);

/// <summary>The versions <c>GET /schemas</c> lists.</summary>
internal static class SchemaListing
{
    private static readonly string[] AssociationParameters = ["resourceType", "associationType", "lifecycle"];

    /// <summary>
    /// By prefix within a context, or by a prefix of another name of the subject when these are asked for; of them the live or all, the latest or
    /// all, those with a rule of a type, those whose subject belongs to a topic in the way asked for.
    /// </summary>
    public static Outcome<IEnumerable<ListedSchema>> Of(RegistryExchange exchange, RegistryImage image)
    {
        var prefix = exchange.Target.Subject("subjectPrefix", "subject") ?? "";
        var (deletedToo, latestOnly, ruleType) = (exchange.Flag("deleted"), exchange.Flag("latestOnly"), exchange.Query("ruleType"));
        var aliases = exchange.Flag("aliases") ? AliasesOf(image) : null;
        AssociationFilter? filter = null;
        if (AssociationParameters.Any(name => exchange.Query(name) is { Length: > 0 }))
        {
            var read = AssociationRoutes.FilterOf(exchange);
            if (read.Fault is { } fault) return fault;
            filter = read.Value;
        }
        return Outcome.Of(image.Subjects.SelectMany(entry =>
        {
            IReadOnlyList<string> names = aliases is not null && aliases.TryGetValue(entry.Key, out var known) ? known : [];
            if (!SubjectRoutes.StartsWith(entry.Key, prefix) && !names.Any(name => SubjectRoutes.StartsWith(name, prefix))) return [];
            IReadOnlyList<Association> associations = filter is null ? [] : [.. image.Associations.OfSubject(entry.Key).Where(filter.Matches)];
            if (filter is not null && associations.Count == 0) return [];
            var shown = entry.Value.Where(version => deletedToo || !version.Deleted);
            return (latestOnly ? shown.TakeLast(1) : shown)
                .Where(version => ruleType is null or "" || version.Content.RuleSet?.All.Any(rule => rule.Type == ruleType) == true)
                .Select(version => new ListedSchema(version, names, associations));
        }));
    }

    /// <summary>The other names of each subject that has any, in order.</summary>
    private static Dictionary<string, List<string>> AliasesOf(RegistryImage image)
    {
        var aliases = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (scope, config) in image.Configs)
        {
            if (config.Alias is not { Length: > 0 }) continue;
            var target = image.Aliased(QualifiedSubject.Parse(scope)).ToString();
            if (!aliases.TryGetValue(target, out var names)) aliases[target] = names = [];
            names.Add(scope);
        }
        return aliases;
    }
}
