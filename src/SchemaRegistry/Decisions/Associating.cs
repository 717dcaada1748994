using System.Globalization;
using System.Text;
using Gateway.Schemas.Fingerprints;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>An association and, where the same request registered one, its subject's schema.</summary>
internal sealed record MadeAssociation(Association Association, SchemaVersion? Schema);

/// <summary>Ties subjects to topics (schema-registry 2.9).</summary>
internal sealed class Associating(Registration registration, RegistryOptions options)
{
    /// <summary>Everything the request asks for, or nothing of it.</summary>
    /// <param name="image">The state.</param>
    /// <param name="request">The request, with the topic's id unless it is only tried.</param>
    /// <param name="context">Where subjects without a context of their own are.</param>
    /// <param name="nowMs">The time, milliseconds since 1970.</param>
    /// <param name="deliberation">What was found out before.</param>
    public Outcome<Decision<IReadOnlyList<MadeAssociation>>> Decide(
        RegistryImage image, AssociationRequest request, string context, long nowMs, Deliberation deliberation)
    {
        var plan = new Plan(image, request, context, nowMs, deliberation);
        if (plan.There.Find(association =>
            association.Key.ResourceName != request.ResourceName || association.Key.ResourceNamespace != request.ResourceNamespace) is { } other)
        {
            return RegistryFault.InvalidAssociation(
                "resourceId", $"is the one of the resource '{other.Key.ResourceName}' in the namespace '{other.Key.ResourceNamespace}'");
        }
        // What is to go does not stand in the way of what is to come.
        foreach (var change in request.Changes.OrderByDescending(change => change.Operation == AssociationOperation.Delete))
        {
            var existing = plan.There.Find(association => association.Key.AssociationType == change.AssociationType);
            RegistryFault? fault;
            if (change.Operation == AssociationOperation.Delete) fault = Delete(plan, existing, change);
            else if (existing is not null) fault = Keep(plan, existing, change);
            else fault = Add(plan, change);
            if (fault is not null) return fault;
        }
        return new Decision<IReadOnlyList<MadeAssociation>>(plan.Writes, after => [.. plan.Made.Select(made => Applied(after, made))]);
    }

    private static MadeAssociation Applied(RegistryImage after, MadeAssociation made) => new(
        after.Associations.Find(made.Association.Key) ?? made.Association,
        made.Schema is null ? null : after.Find(made.Schema.Subject, made.Schema.Version) ?? made.Schema);

    private static RegistryFault? Delete(Plan plan, Association? existing, AssociationChange change)
    {
        if (existing is null) return RegistryFault.AssociationNotFound(plan.Request.ResourceName);
        var removed = Dissociating.Remove(plan.Image, existing, change.Cascades);
        if (removed.Fault is { } fault) return fault;
        plan.Writes.AddRange(removed.Value);
        plan.There.Remove(existing);
        plan.Gone.Add(existing.Key);
        return null;
    }

    /// <summary>Associations never change: to ask for the same again is fine, to ask for another is not.</summary>
    private RegistryFault? Keep(Plan plan, Association existing, AssociationChange change)
    {
        var sameSubject = change.Subject is null || plan.Qualified(change.Subject) == existing.Key.Subject;
        var sameLifecycle = change.Lifecycle is null || change.Lifecycle == existing.Lifecycle;
        var sameFrozen = change.Frozen is null || change.Frozen == existing.Frozen;
        if (sameSubject && sameLifecycle && sameFrozen && (change.Schema is null || HasSchema(plan, existing, change.Schema)))
        {
            plan.Made.Add(new MadeAssociation(existing, null));
            return null;
        }
        if (change.Operation == AssociationOperation.Create)
            return RegistryFault.AssociationForResourceExists(change.AssociationType, plan.Request.ResourceName);
        if (existing.Frozen) return RegistryFault.AssociationFrozen(existing.Key.AssociationType, existing.Key.Subject);
        if (change.Schema is not null) return RegistryFault.InvalidAssociation("schema", "cannot be given when the lifecycle is WEAK");
        if (!sameFrozen) return RegistryFault.InvalidAssociation("frozen", "of an association cannot be changed");
        if (!sameLifecycle) return RegistryFault.InvalidAssociation("lifecycle", "cannot become STRONG: what a topic owns begins with the association");
        return RegistryFault.InvalidAssociation("subject", $"of an association cannot be changed; it is '{existing.Key.Subject}'");
    }

    private bool HasSchema(Plan plan, Association existing, RegisterRequest schema) =>
        existing.IsStrong
        && registration.Decide(plan.Image, QualifiedSubject.Parse(existing.Key.Subject), schema, plan.Deliberation) is { Fault: null } known
        && known.Value.Writes.Count == 0;

    private RegistryFault? Add(Plan plan, AssociationChange change)
    {
        var (image, request) = (plan.Image, plan.Request);
        var isStrong = (change.Lifecycle ?? (change.Schema is null ? AssociationLifecycle.Weak : AssociationLifecycle.Strong)) == AssociationLifecycle.Strong;
        if (isStrong && change.Frozen == false) return RegistryFault.InvalidAssociation("frozen", "cannot be false when the lifecycle is STRONG");
        if (!isStrong && change.Frozen == true) return RegistryFault.InvalidAssociation("frozen", "cannot be true when the lifecycle is WEAK");
        if (plan.There.Concat(plan.Made.Select(made => made.Association)).Any(other => other.IsStrong != isStrong))
            return RegistryFault.InvalidAssociation("lifecycle", "must be the same for all associations of a resource");
        if (image.Associations.Count + plan.Made.Count >= options.MaxAssociations) return RegistryFault.TooManyAssociations(options.MaxAssociations);

        var owned = Association.OwnedSubject(request.ResourceNamespace, request.ResourceName, change.AssociationType);
        if (!isStrong && change.Subject is null) return RegistryFault.InvalidAssociation("subject", "must be given when the lifecycle is WEAK");
        var subject = change.Subject is null ? owned : plan.Qualified(change.Subject);
        if (isStrong && subject != owned) return RegistryFault.InvalidAssociation("subject", $"must be '{owned}' when the lifecycle is STRONG");
        var qualified = QualifiedSubject.Parse(subject);
        if (qualified.Name.Length == 0 || !qualified.CanHoldSchemas) return RegistryFault.InvalidAssociation("subject", "is not a valid subject");
        if (RegistryModes.IsReadOnly(image.ModeOf(qualified))) return RegistryFault.ReadOnly(qualified);

        // Under the same name, but not under this id: a topic of another life, or one whose id was not given.
        if (image.Associations.OfResource(request.ResourceNamespace, request.ResourceName)
            .Any(other => other.Key.AssociationType == change.AssociationType && !plan.Gone.Contains(other.Key)))
            return RegistryFault.AssociationForResourceExists(change.AssociationType, request.ResourceName);
        var others = image.Associations.OfSubject(subject).Where(other => !plan.Gone.Contains(other.Key)).ToList();
        if (others.Any(other => other.IsStrong)) return RegistryFault.StrongAssociationExists(subject);
        if (isStrong && others.Count > 0) return RegistryFault.AssociationForSubjectExists(subject);

        SchemaVersion? schema = null;
        if (isStrong)
        {
            var begun = Begin(plan, qualified, change);
            if (begun.Fault is { } refused) return refused;
            schema = begun.Value;
        }
        else if (!image.HasLive(subject))
        {
            return RegistryFault.NoLiveVersion(subject);
        }
        var key = new AssociationKey(request.ResourceName, request.ResourceNamespace, Association.Topic, change.AssociationType, subject);
        var made = new Association(
            key, GuidOf(key, request.ResourceId, plan.NowMs), request.ResourceId, isStrong ? AssociationLifecycle.Strong : AssociationLifecycle.Weak, isStrong, plan.NowMs,
            plan.NowMs);
        plan.Writes.Add(PlannedWrite.Of(RecordKey.ForAssociation(key), RecordValues.Association(made)));
        plan.Made.Add(new MadeAssociation(made, schema));
        return null;
    }

    /// <summary>A subject that a topic owns begins with its association: nothing is there before, and its first schema comes along.</summary>
    private Outcome<SchemaVersion> Begin(Plan plan, QualifiedSubject subject, AssociationChange change)
    {
        if (change.Schema is not { } schema) return RegistryFault.InvalidAssociation("schema", "must be given when the lifecycle is STRONG");
        if (plan.Image.HasLive(subject.ToString()))
            return RegistryFault.InvalidAssociation("subject", $"'{subject}' has schemas already; what a topic owns begins with the association");
        var decision = registration.Decide(plan.Image, subject, schema, plan.Deliberation);
        if (decision.Fault is { } fault) return fault;
        plan.Writes.AddRange(decision.Value.Writes);
        var version = decision.Value.Reply(plan.Image);
        plan.Image = plan.Image.Expecting(version);
        return version;
    }

    /// <summary>An id of its own, from what it is and when it was made: a decision that is taken again gives the same.</summary>
    private static string GuidOf(AssociationKey key, string resourceId, long nowMs)
    {
        var written = string.Create(
            CultureInfo.InvariantCulture, $"{key.ResourceNamespace}\0{key.ResourceName}\0{resourceId}\0{key.AssociationType}\0{key.Subject}\0{nowMs}");
        return new Guid(Md5.Hash(Encoding.UTF8.GetBytes(written)), bigEndian: true).ToString();
    }

    /// <summary>What has been decided so far.</summary>
    private sealed class Plan(RegistryImage image, AssociationRequest request, string context, long nowMs, Deliberation deliberation)
    {
        public RegistryImage Image { get; set; } = image;

        public AssociationRequest Request => request;

        public long NowMs => nowMs;

        public Deliberation Deliberation => deliberation;

        public List<PlannedWrite> Writes { get; } = [];

        public List<MadeAssociation> Made { get; } = [];

        public HashSet<AssociationKey> Gone { get; } = [];

        /// <summary>The topic's associations. A topic that is yet to be created has no id: then its name must do.</summary>
        public List<Association> There { get; } =
        [
            .. request.ResourceId.Length > 0
                ? image.Associations.OfResourceId(request.ResourceId)
                : image.Associations.OfResource(request.ResourceNamespace, request.ResourceName),
        ];

        public string Qualified(string subject) => QualifiedSubject.Within(context, subject).ToString();
    }
}
