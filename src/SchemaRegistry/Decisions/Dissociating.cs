using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>Which of a resource's associations are meant; a list that is empty means all types.</summary>
internal sealed record AssociationFilter(string ResourceType, IReadOnlyList<string> Types, IReadOnlyList<AssociationLifecycle> Lifecycles)
{
    public bool Matches(Association association) =>
        association.Key.ResourceType == ResourceType
        && (Types.Count == 0 || Types.Contains(association.Key.AssociationType))
        && (Lifecycles.Count == 0 || Lifecycles.Contains(association.Lifecycle));
}

/// <summary>Unties subjects from topics.</summary>
internal static class Dissociating
{
    public static Outcome<Decision<bool>> Decide(RegistryImage image, string resourceId, AssociationFilter filter, bool cascades)
    {
        var targets = image.Associations.OfResourceId(resourceId).Where(filter.Matches).ToList();
        if (targets.Count == 0) return RegistryFault.AssociationNotFound(resourceId);
        var writes = new List<PlannedWrite>();
        foreach (var target in targets)
        {
            var removed = Remove(image, target, cascades);
            if (removed.Fault is { } fault) return fault;
            writes.AddRange(removed.Value);
        }
        return new Decision<bool>(writes, _ => true);
    }

    /// <summary>Removes one; the subject a topic owns goes with it for good, and only so.</summary>
    public static Outcome<IReadOnlyList<PlannedWrite>> Remove(RegistryImage image, Association association, bool cascades)
    {
        var key = association.Key;
        if (association.Frozen && !cascades) return RegistryFault.AssociationFrozen(key.AssociationType, key.Subject);
        List<PlannedWrite> writes = [.. PlannedWrite.Tombstones(image, RecordKey.ForAssociation(key))];
        var versions = image.VersionsOf(key.Subject);
        if (!cascades || !association.IsStrong || versions.Length == 0) return writes;

        var subject = QualifiedSubject.Parse(key.Subject);
        if (RegistryModes.IsReadOnly(image.ModeOf(subject))) return RegistryFault.ReadOnly(subject);
        foreach (var version in versions)
        {
            if (image.ReferrersOf(key.Subject, version.Version).Any(referrer => referrer.Subject != key.Subject))
                return RegistryFault.Referenced(key.Subject, version.Version);
        }
        // Other registries remove only what was deleted softly before.
        writes.Add(PlannedWrite.Of(RecordKey.DeleteSubject(key.Subject), RecordValues.DeleteSubject(key.Subject, versions[^1].Version)));
        writes.AddRange(Deletion.Purge(image with { DeletionRecords = image.DeletionRecords.Add(key.Subject) }, subject, versions));
        return writes;
    }

    /// <summary>
    /// Removes the associations of a topic that is gone. What it owned is deleted softly only: data of it that was carried elsewhere is still read
    /// with those schemas.
    /// </summary>
    public static Decision<bool> Forget(RegistryImage image, string resourceNamespace, string resourceName, string resourceId)
    {
        var writes = new List<PlannedWrite>();
        foreach (var association in image.Associations.OfResource(resourceNamespace, resourceName).Where(other => other.ResourceId == resourceId))
        {
            writes.AddRange(PlannedWrite.Tombstones(image, RecordKey.ForAssociation(association.Key)));
            if (!association.IsStrong) continue;
            var without = image with { Associations = image.Associations.Without(association.Key) };
            var deletion = Deletion.DecideSubject(without, QualifiedSubject.Parse(association.Key.Subject), permanent: false);
            if (deletion.Fault is null) writes.AddRange(deletion.Value.Writes);
        }
        return new Decision<bool>(writes, _ => true);
    }
}
