using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>Deletes versions and subjects: softly first, for good on the second call.</summary>
internal static class Deletion
{
    public static Outcome<Decision<int>> DecideVersion(RegistryImage image, QualifiedSubject subject, string written, bool permanent)
    {
        var parsed = VersionNumber.Parse(written);
        if (parsed.Fault is { } invalid) return invalid;
        if (RegistryModes.IsReadOnly(image.ModeOf(subject))) return RegistryFault.ReadOnly(subject);
        var name = subject.ToString();
        var versions = image.VersionsOf(name);
        if (versions.Length == 0 || (!permanent && parsed.Value.IsLatest && !image.HasLive(name)))
            return RegistryFault.SubjectNotFound(name);
        var target = parsed.Value.IsLatest ? (permanent ? versions[^1] : image.Latest(name)) : image.Find(name, parsed.Value.Number);
        if (target is null) return RegistryFault.VersionNotFound(written);
        if (permanent && !target.Deleted) return RegistryFault.VersionNotSoftDeleted(name, target.Version);
        if (!permanent && target.Deleted) return RegistryFault.VersionSoftDeleted(name, target.Version);
        if (image.ReferrersOf(name, target.Version).Any(referrer => permanent || !referrer.Deleted))
            return RegistryFault.Referenced(name, target.Version);
        if (!permanent && image.LiveVersionsOf(name).Take(2).Count() == 1 && image.Associations.OfSubject(name).Any())
            return RegistryFault.NoLiveVersion(name);

        var writes = new List<PlannedWrite>();
        if (!permanent) writes.Add(PlannedWrite.Version(target with { Deleted = true }, target));
        else writes.AddRange(Purge(image, subject, [target]));
        return new Decision<int>(writes, _ => target.Version);
    }

    public static Outcome<Decision<IReadOnlyList<int>>> DecideSubject(RegistryImage image, QualifiedSubject subject, bool permanent)
    {
        if (RegistryModes.IsReadOnly(image.ModeOf(subject))) return RegistryFault.ReadOnly(subject);
        var name = subject.ToString();
        var versions = image.VersionsOf(name);
        if (versions.Length == 0) return RegistryFault.SubjectNotFound(name);
        if (permanent && versions.Any(version => !version.Deleted)) return RegistryFault.SubjectNotSoftDeleted(name);
        if (!permanent && versions.All(version => version.Deleted)) return RegistryFault.SubjectSoftDeleted(name);
        // What a topic relies on goes through its association, which must go first.
        if (image.Associations.OfSubject(name).Any()) return RegistryFault.AssociationForSubjectExists(name);
        var targets = versions.Where(version => permanent || !version.Deleted).ToList();
        foreach (var target in targets)
        {
            // What goes together cannot hold itself back.
            if (image.ReferrersOf(name, target.Version).Any(referrer => referrer.Subject != name && (permanent || !referrer.Deleted)))
                return RegistryFault.Referenced(name, target.Version);
        }

        var writes = new List<PlannedWrite>();
        if (permanent)
        {
            writes.AddRange(Purge(image, subject, targets));
        }
        else
        {
            writes.Add(PlannedWrite.Of(RecordKey.DeleteSubject(name), RecordValues.DeleteSubject(name, versions[^1].Version)));
            writes.AddRange(SettingsTombstones(image, subject));
        }
        return new Decision<IReadOnlyList<int>>(writes, _ => [.. targets.Select(target => target.Version)]);
    }

    /// <summary>Removes versions for good, and with the last of a subject everything else that is known about it.</summary>
    public static IEnumerable<PlannedWrite> Purge(RegistryImage image, QualifiedSubject subject, IReadOnlyList<SchemaVersion> targets)
    {
        var name = subject.ToString();
        foreach (var kept in HighestId.KeepBeyond(image, subject.Context, targets)) yield return kept;
        foreach (var target in targets)
            foreach (var tombstone in PlannedWrite.Removal(image, target)) yield return tombstone;
        if (targets.Count < image.VersionsOf(name).Length) yield break;
        if (image.DeletionRecords.Contains(name))
            foreach (var tombstone in PlannedWrite.Tombstones(image, RecordKey.DeleteSubject(name))) yield return tombstone;
        foreach (var tombstone in SettingsTombstones(image, subject)) yield return tombstone;
    }

    private static IEnumerable<PlannedWrite> SettingsTombstones(RegistryImage image, QualifiedSubject subject)
    {
        // Under an empty name are those of the whole context, and in the default one of the registry.
        if (subject.Name.Length == 0) yield break;
        var name = subject.ToString();
        if (image.Modes.ContainsKey(name))
            foreach (var tombstone in PlannedWrite.Tombstones(image, RecordKey.Mode(name))) yield return tombstone;
        if (image.Configs.ContainsKey(name))
            foreach (var tombstone in PlannedWrite.Tombstones(image, RecordKey.Config(name))) yield return tombstone;
    }

    public static Outcome<Decision<bool>> DecideContext(RegistryImage image, string context)
    {
        var prefix = $":{context}:";
        if (context == QualifiedSubject.DefaultContext
            || image.Subjects.Keys.Any(subject => subject.StartsWith(prefix, StringComparison.Ordinal)))
            return RegistryFault.ContextNotEmpty(context);
        var whole = new QualifiedSubject(context, "");
        if (RegistryModes.IsReadOnly(image.ModeOf(whole))) return RegistryFault.ReadOnly(whole);
        var writes = new List<PlannedWrite>();
        if (image.Contexts.Contains(context)) writes.AddRange(Removal(image, context));
        // What was set for the context or for names in it goes too, or a context of that name would have it again.
        foreach (var scope in image.Modes.Keys.Where(scope => scope.StartsWith(prefix, StringComparison.Ordinal)))
            writes.AddRange(PlannedWrite.Tombstones(image, RecordKey.Mode(scope)));
        foreach (var scope in image.Configs.Keys.Where(scope => scope.StartsWith(prefix, StringComparison.Ordinal)))
            writes.AddRange(PlannedWrite.Tombstones(image, RecordKey.Config(scope)));
        return new Decision<bool>(writes, _ => true);
    }

    /// <summary>A context's ids are not given out again either, should it come back: its record stays if there were any, as that of a context that is gone.</summary>
    private static IEnumerable<PlannedWrite> Removal(RegistryImage image, string context)
    {
        var key = RecordKey.ForContext(context);
        var highest = image.HighestIds.GetValueOrDefault(context);
        if (highest == 0) return PlannedWrite.Tombstones(image, key);
        return PlannedWrite.Tombstones(image, key).Skip(1).Append(PlannedWrite.Of(key, RecordValues.Context(context, highest, deleted: true)));
    }
}
