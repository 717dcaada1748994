using Gateway.Schemas;
using Gateway.Schemas.Compatibility;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>Holds a new schema against stored versions and words the verdict as tools expect it.</summary>
internal sealed class Compatibility(ParsedSchemas schemas, RegistryOptions options)
{
    private const int MaxQuotedSchema = 10 * 1024;

    /// <summary>
    /// Messages for the first version that does not go with the candidate, newest first; none when all do, or when the request may not cost so much.
    /// </summary>
    public IReadOnlyList<string> Check(
        RegistryImage image,
        QualifiedSubject subject,
        ISchema candidate,
        SchemaMetadata? metadata,
        IReadOnlyList<SchemaVersion> earlierNewestFirst,
        Deliberation deliberation)
    {
        var level = image.LevelOf(subject, options.DefaultCompatibility);
        // Names are kept free whatever the level: that is no question of reading old data.
        var validatesFields = image.SettingOf(subject, config => config.ValidateFields) ?? options.ValidateFields;
        var kept = validatesFields ? ReservedFields.Check(candidate, metadata, earlierNewestFirst.FirstOrDefault()).ToList() : [];
        if (kept.Count > 0) return Framed(kept, earlierNewestFirst.FirstOrDefault(), level, validatesFields);
        if (level == CompatibilityLevel.None) return [];
        var group = image.SettingOf(subject, config => config.Group);
        var earlier = group is null
            ? earlierNewestFirst
            : [.. earlierNewestFirst.Where(version => GroupOf(version.Content.Metadata, group) == GroupOf(metadata, group))];
        var policy = CompatibilityPolicies.Parse(image.SettingOf(subject, config => config.Policy)) ?? CompatibilityPolicy.Strict;
        deliberation.CompareAs(candidate, level, policy);
        // One after the other: parsed, a hundred long schemas would take as much memory as a hundred requests may.
        foreach (var version in CompatibilityLevels.IsTransitive(level) ? earlier : earlier.Take(1))
        {
            if (deliberation.IsCompatible(version.Content)) continue;
            var stored = schemas.Stored(image, subject.Context, version.Content, deliberation);
            if (deliberation.IsSpent) return [];
            if (stored.Fault is { } fault)
                return Framed([$"The version {version.Version} cannot be read: {fault.Message}"], version, level, validatesFields);
            var messages = CompatibilityChecker.Check(level, policy, candidate, [stored.Value], deliberation.Budget, out _);
            if (messages.Count > 0) return Framed(messages, version, level, validatesFields);
            deliberation.NoteCompatible(version.Content);
        }
        return [];
    }

    private static List<string> Framed(IReadOnlyList<string> messages, SchemaVersion? failed, CompatibilityLevel level, bool validatesFields)
    {
        List<string> framed = [.. messages];
        if (failed is not null)
        {
            var text = failed.Content.Text;
            if (text.Length > MaxQuotedSchema) text = string.Concat(text.AsSpan(0, MaxQuotedSchema), "...");
            framed.Add($"{{oldSchemaVersion: {failed.Version}}}");
            framed.Add($"{{oldSchema: '{text}'}}");
        }
        framed.Add($"{{validateFields: '{(validatesFields ? "true" : "false")}', compatibility: '{CompatibilityLevels.NameOf(level)}'}}");
        return framed;
    }

    private static string? GroupOf(SchemaMetadata? metadata, string property) => metadata?.Properties.GetValueOrDefault(property);
}
