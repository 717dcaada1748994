using System.Text.Json;
using Gateway.Schemas.Compatibility;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Rules;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>Sets and removes configs and modes, of a subject, a context or the whole registry.</summary>
internal sealed class Settings(RegistryOptions options)
{
    // LOGICAL adds checks of table types, which nothing here has; it compares as STRICT does.
    private static readonly string[] Texts = ["alias", "aliasForDeks", "compatibilityGroup"];
    private static readonly string[] Flags = ["normalize", "validateFields", "validateNewSchemas", "validateRules"];
    private static readonly string[] Policies = ["STRICT", "LENIENT", "EXHAUSTIVE", "LOGICAL"];

    /// <summary>The key a scope's settings are kept under; null for the whole registry.</summary>
    public static string? KeyOf(QualifiedSubject scope) =>
        scope is { Name.Length: 0, Context: QualifiedSubject.DefaultContext } ? null : scope.ToString();

    /// <summary>Takes an update: members that are absent stay, null ones are cleared.</summary>
    public Outcome<Decision<SubjectConfig>> DecideConfig(RegistryImage image, QualifiedSubject scope, JsonElement body)
    {
        if (!scope.CanBeConfigured) return RegistryFault.InvalidSubject(scope.ToString());
        if (RegistryModes.IsReadOnly(image.ModeOf(scope))) return RegistryFault.ReadOnly(scope);
        if (Misshapen(body) is { } refusal) return refusal;
        var level = CompatibilityLevels.Parse(JsonBody.Text(body, LevelName(body)));
        if (JsonBody.Member(body, LevelName(body)) is not null && level is null) return RegistryFault.InvalidCompatibility();
        var given = RecordValues.ReadConfig(body);
        given = given with { Level = level, Policy = given.Policy?.ToUpperInvariant() };
        if (JsonBody.Member(body, "compatibilityPolicy") is not null && !Policies.Contains(given.Policy)) return RegistryFault.InvalidPolicy(Policies);
        if ((given.DefaultRuleSet?.Problem() ?? given.OverrideRuleSet?.Problem()) is { } problem)
            return RegistryFault.InvalidRuleSet(problem);

        var key = KeyOf(scope);
        var config = Update(image.Configs.GetValueOrDefault(key ?? RegistryImage.Global) ?? new SubjectConfig(), given, body);
        var updated = image with { Configs = image.Configs.SetItem(key ?? RegistryImage.Global, config) };
        if ((updated.SettingOf(scope, static setting => setting.ValidateRules) ?? options.ValidateRules) && UnreadableRule(config) is { } unreadable)
            return RegistryFault.InvalidRuleSet(unreadable);
        return new Decision<SubjectConfig>([PlannedWrite.Of(RecordKey.Config(key), RecordValues.Config(key, config))], _ => given);
    }

    public static Outcome<Decision<SubjectConfig>> DecideConfigRemoval(
        RegistryImage image, QualifiedSubject scope, CompatibilityLevel byDefault)
    {
        if (RegistryModes.IsReadOnly(image.ModeOf(scope))) return RegistryFault.ReadOnly(scope);
        var key = KeyOf(scope);
        if (!image.Configs.TryGetValue(key ?? RegistryImage.Global, out var config))
        {
            if (key is not null) return RegistryFault.SubjectNotFound(key);
            return Decision<SubjectConfig>.Nothing(new SubjectConfig { Level = byDefault });
        }
        return new Decision<SubjectConfig>([.. PlannedWrite.Tombstones(image, RecordKey.Config(key))], _ => config);
    }

    public Outcome<Decision<RegistryMode?>> DecideMode(RegistryImage image, QualifiedSubject scope, JsonElement body, bool force)
    {
        if (!scope.CanBeConfigured) return RegistryFault.InvalidSubject(scope.ToString());
        if (!options.ModeMutable) return RegistryFault.NotPermitted("Mode changes are not allowed");
        var key = KeyOf(scope);
        if (JsonBody.Member(body, "mode") is null)
        {
            return image.Modes.ContainsKey(key ?? RegistryImage.Global)
                ? new Decision<RegistryMode?>([.. PlannedWrite.Tombstones(image, RecordKey.Mode(key))], _ => null)
                : Decision<RegistryMode?>.Nothing(null);
        }
        if (RegistryModes.Parse(JsonBody.Text(body, "mode")) is not { } mode) return RegistryFault.InvalidMode();
        if (mode == RegistryMode.Forward && scope.Context != QualifiedSubject.GlobalContext) return RegistryFault.InvalidMode();

        var writes = new List<PlannedWrite>();
        if (mode == RegistryMode.Import && image.ModeOf(scope) != RegistryMode.Import && !force)
        {
            var cleared = ClearForImport(image, scope);
            if (cleared.Fault is { } fault) return fault;
            writes.AddRange(cleared.Value);
        }
        writes.Add(PlannedWrite.Of(RecordKey.Mode(key), RecordValues.Mode(key, mode)));
        return new Decision<RegistryMode?>(writes, _ => mode);
    }

    public Outcome<Decision<RegistryMode>> DecideModeRemoval(RegistryImage image, QualifiedSubject scope, bool recursive)
    {
        if (!options.ModeMutable) return RegistryFault.NotPermitted("Mode changes are not allowed");
        var key = KeyOf(scope);
        var scopes = new List<string?>();
        var isSet = image.Modes.TryGetValue(key ?? RegistryImage.Global, out var mode);
        if (isSet) scopes.Add(key);
        if (recursive) scopes.AddRange(image.Modes.Keys.Where(other => other.Length > 0 && other != key && IsWithin(other, scope)));
        if (!isSet && !recursive && key is not null) return RegistryFault.SubjectNotFound(key);
        return new Decision<RegistryMode>(
            [.. scopes.SelectMany(other => PlannedWrite.Tombstones(image, RecordKey.Mode(other)))], _ => mode);
    }

    /// <summary>What would be taken for a null, and clear a setting, though it is meant to be one.</summary>
    private static RegistryFault? Misshapen(JsonElement body)
    {
        foreach (var name in Texts)
            if (JsonBody.Member(body, name) is { ValueKind: not JsonValueKind.String }) return RegistryFault.BadRequest($"The member {name} must be a string");
        foreach (var name in Flags)
            if (JsonBody.Member(body, name) is not null && JsonBody.Boolean(body, name) is null)
                return RegistryFault.BadRequest($"The member {name} must be true or false");
        foreach (var name in new[] { "defaultMetadata", "overrideMetadata" })
        {
            if (JsonBody.Member(body, name) is not { } metadata) continue;
            if (metadata.ValueKind != JsonValueKind.Object) return RegistryFault.BadRequest($"The member {name} must be an object");
            if (SchemaMetadata.Misfit(metadata, name) is { } misfit) return RegistryFault.BadRequest($"The member {misfit}");
        }
        foreach (var name in new[] { "defaultRuleSet", "overrideRuleSet" })
            if (JsonBody.Member(body, name) is { } rules && RuleSet.Misfit(rules) is { } problem) return RegistryFault.InvalidRuleSet($"{name}: {problem}");
        return null;
    }

    private static string? UnreadableRule(SubjectConfig config) =>
        (config.DefaultRuleSet is { } byDefault ? RuleExpressions.Problem(byDefault) : null)
        ?? (config.OverrideRuleSet is { } over ? RuleExpressions.Problem(over) : null);

    /// <summary>Imports start from nothing: live subjects stand in the way, softly deleted versions go for good.</summary>
    private static Outcome<List<PlannedWrite>> ClearForImport(RegistryImage image, QualifiedSubject scope)
    {
        var writes = new List<PlannedWrite>();
        foreach (var (name, versions) in image.Subjects.Where(subject => IsWithin(subject.Key, scope)))
        {
            if (versions.Any(version => !version.Deleted)) return RegistryFault.NotPermitted("Cannot import since found existing subjects");
            foreach (var version in versions)
            {
                if (image.ReferrersOf(name, version.Version).Any(referrer => referrer.Subject != name))
                    return RegistryFault.Referenced(name, version.Version);
            }
            writes.AddRange(Deletion.Purge(image, QualifiedSubject.Parse(name), versions));
            writes.Add(PlannedWrite.Of(RecordKey.ClearSubject(name), RecordValues.ClearSubject(name)));
        }
        return writes;
    }

    private static bool IsWithin(string name, QualifiedSubject scope)
    {
        var subject = QualifiedSubject.Parse(name);
        if (scope.Name.Length > 0) return subject == scope;
        return scope.Context == QualifiedSubject.GlobalContext || subject.Context == scope.Context;
    }

    // Clients that send a config back as they were answered it have the level under the name it has there.
    private static string LevelName(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && !body.TryGetProperty("compatibility", out _) ? "compatibilityLevel" : "compatibility";

    private static SubjectConfig Update(SubjectConfig old, SubjectConfig given, JsonElement body)
    {
        bool Has(string name) => body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out _);
        return new SubjectConfig
        {
            Alias = Has("alias") ? given.Alias : old.Alias,
            AliasForDeks = Has("aliasForDeks") ? given.AliasForDeks : old.AliasForDeks,
            Normalize = Has("normalize") ? given.Normalize : old.Normalize,
            ValidateFields = Has("validateFields") ? given.ValidateFields : old.ValidateFields,
            ValidateNewSchemas = Has("validateNewSchemas") ? given.ValidateNewSchemas : old.ValidateNewSchemas,
            ValidateRules = Has("validateRules") ? given.ValidateRules : old.ValidateRules,
            Level = Has(LevelName(body)) ? given.Level : old.Level,
            Policy = Has("compatibilityPolicy") ? given.Policy : old.Policy,
            Group = Has("compatibilityGroup") ? given.Group : old.Group,
            DefaultMetadata = Has("defaultMetadata") ? given.DefaultMetadata : old.DefaultMetadata,
            OverrideMetadata = Has("overrideMetadata") ? given.OverrideMetadata : old.OverrideMetadata,
            DefaultRuleSet = Has("defaultRuleSet") ? given.DefaultRuleSet : old.DefaultRuleSet,
            OverrideRuleSet = Has("overrideRuleSet") ? given.OverrideRuleSet : old.OverrideRuleSet,
        };
    }
}
