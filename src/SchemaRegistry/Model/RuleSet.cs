using System.Collections.Immutable;
using System.Text.Json;

namespace Gateway.SchemaRegistry.Model;

/// <summary>Rules clients run when they serialise; the registry keeps, checks and versions them, nothing more.</summary>
internal sealed record RuleSet(
    ImmutableArray<SchemaRule> Migration, ImmutableArray<SchemaRule> Domain, ImmutableArray<SchemaRule> Encoding, string? EnableAt)
{
    private static readonly string[] Places = ["ALL", "CLIENT", "GATEWAY", "SERVER", "NONE"];

    public static RuleSet? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return null;
        return new RuleSet(
            Rules(json, "migrationRules"), Rules(json, "domainRules"), Rules(json, "encodingRules"), JsonBody.Text(json, "enableAt"));
    }

    /// <summary>The first member of a wrong shape, and what it must be: left out it would be a rule nobody follows. Null when all fit.</summary>
    public static string? Misfit(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return "it must be an object";
        if (JsonBody.Member(json, "enableAt") is { ValueKind: not JsonValueKind.String }) return "enableAt must be a string";
        foreach (var list in new[] { "migrationRules", "domainRules", "encodingRules" })
        {
            if (JsonBody.Member(json, list) is { ValueKind: not JsonValueKind.Array }) return $"{list} must be an array";
            foreach (var rule in JsonBody.Items(json, list))
                if (SchemaRule.Misfit(rule) is { } misfit) return $"in {list} {misfit}";
        }
        return null;
    }

    public IEnumerable<SchemaRule> All => Migration.Concat(Domain).Concat(Encoding);

    public void Write(Utf8JsonWriter output)
    {
        output.WriteStartObject();
        WriteRules(output, "migrationRules", Migration);
        WriteRules(output, "domainRules", Domain);
        WriteRules(output, "encodingRules", Encoding);
        if (EnableAt is not null) output.WriteString("enableAt", EnableAt);
        output.WriteEndObject();
    }

    /// <summary>What is wrong with the rules, or null.</summary>
    public string? Problem()
    {
        if (EnableAt is not null && !Places.Contains(EnableAt)) return $"enableAt {EnableAt} is not one of {string.Join(", ", Places)}";
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in All)
        {
            if (rule.Problem() is { } problem) return problem;
            if (!names.Add(rule.Name!)) return $"rule {rule.Name} occurs twice";
        }
        if (Migration.FirstOrDefault(rule => !rule.IsMigration) is { } wrongMigration)
            return $"migration rule {wrongMigration.Name} has mode {wrongMigration.Mode}";
        return Domain.Concat(Encoding).FirstOrDefault(rule => rule.IsMigration) is { } wrong
            ? $"rule {wrong.Name} has mode {wrong.Mode}, which is for migration rules"
            : null;
    }

    /// <summary>This with another's rules over it; rules go by name.</summary>
    public static RuleSet? Merge(RuleSet? under, RuleSet? over)
    {
        if (under is null) return over;
        if (over is null) return under;
        return new RuleSet(
            Merge(under.Migration, over.Migration),
            Merge(under.Domain, over.Domain),
            Merge(under.Encoding, over.Encoding),
            over.EnableAt ?? under.EnableAt);
    }

    /// <summary>This without the rules of these names.</summary>
    public RuleSet Without(IReadOnlyCollection<string> names) => new(
        [.. Migration.Where(rule => !names.Contains(rule.Name))], [.. Domain.Where(rule => !names.Contains(rule.Name))],
        [.. Encoding.Where(rule => !names.Contains(rule.Name))], EnableAt);

    public bool SameAs(RuleSet? other) =>
        other is not null && EnableAt == other.EnableAt && Same(Migration, other.Migration) && Same(Domain, other.Domain)
            && Same(Encoding, other.Encoding);

    private static bool Same(ImmutableArray<SchemaRule> some, ImmutableArray<SchemaRule> others) =>
        some.Length == others.Length && some.Zip(others).All(pair => pair.First.SameAs(pair.Second));

    private static ImmutableArray<SchemaRule> Merge(ImmutableArray<SchemaRule> under, ImmutableArray<SchemaRule> over) =>
        [.. under.Where(rule => over.All(other => other.Name != rule.Name)), .. over];

    private static ImmutableArray<SchemaRule> Rules(JsonElement json, string name) =>
        [.. JsonBody.Items(json, name).Select(SchemaRule.Read)];

    private static void WriteRules(Utf8JsonWriter output, string name, ImmutableArray<SchemaRule> rules)
    {
        if (rules.Length == 0) return;
        output.WriteStartArray(name);
        foreach (var rule in rules) rule.Write(output);
        output.WriteEndArray();
    }
}
