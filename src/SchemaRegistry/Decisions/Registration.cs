using System.Globalization;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Rules;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>Registers a schema under a subject.</summary>
internal sealed class Registration(SchemaMatching matching, Compatibility compatibility, RegistryOptions options)
{
    /// <summary>What one request may find out, at what cost.</summary>
    public Deliberation Deliberate() => new(options.Budget, options.MaxRequestSteps);

    public Outcome<Decision<SchemaVersion>> Decide(RegistryImage image, QualifiedSubject subject, RegisterRequest request, Deliberation deliberation)
    {
        deliberation.Begin(image);
        var outcome = DecideOn(image, subject, request, deliberation);
        return deliberation.IsSpent ? RegistryFault.TooCostly(options.MaxRequestSteps) : outcome;
    }

    private Outcome<Decision<SchemaVersion>> DecideOn(RegistryImage image, QualifiedSubject subject, RegisterRequest request, Deliberation deliberation)
    {
        if (!subject.CanHoldSchemas || (subject.Name.Length == 0 && !options.AllowsEmptyNames)) return RegistryFault.InvalidSubject(subject.ToString());
        if (request.Version < -1) return RegistryFault.NotNextVersion();
        var mode = image.ModeOf(subject);
        if (ModeFault(subject, mode, request) is { } refused) return refused;
        var takesIds = RegistryModes.TakesIds(mode);

        var previous = image.Latest(subject.ToString());
        var strict = request.Id is null && (image.SettingOf(subject, config => config.ValidateNewSchemas) ?? options.ValidateNewSchemas);
        if (!takesIds)
        {
            request = Complete(image, subject, request, previous);
            var validatesRules = image.SettingOf(subject, config => config.ValidateRules) ?? options.ValidateRules;
            if (validatesRules && request.RuleSet is { } rules && RuleExpressions.Problem(rules) is { } unreadable) return RegistryFault.InvalidRuleSet(unreadable);
            var tagged = matching.Tagged(image, subject, request, previous, strict, deliberation);
            if (tagged.Fault is { } untagged) return untagged;
            request = tagged.Value;
        }
        var normalizes = !takesIds && (request.Normalize || (image.SettingOf(subject, config => config.Normalize) ?? options.Normalize));
        var prepared = matching.Prepare(image, subject, request, strict, normalizes, deliberation);
        if (prepared.Fault is { } invalid) return invalid;
        var candidate = prepared.Value;
        foreach (var reference in candidate.Content.References)
        {
            var target = QualifiedSubject.Within(subject.Context, reference.Subject).ToString();
            if (image.Associations.OfSubject(target).Any(association => association.IsStrong))
                return RegistryFault.NotPermitted($"The subject '{target}' belongs to a topic (STRONG association), so no schema may refer to it");
        }

        if (matching.FindUnder(image, subject, candidate, deletedToo: false, isLookup: false, deliberation) is { } existing
            && AnswersFor(existing, request))
        {
            if (request.Id is { } given && given != existing.Id) return RegistryFault.IdDoesNotMatch(existing.Id, given);
            return Decision<SchemaVersion>.Nothing(existing);
        }
        if (!takesIds && !request.Force)
        {
            var live = image.LiveVersionsOf(subject.ToString()).Reverse().ToList();
            var messages = compatibility.Check(image, subject, candidate.Schema, candidate.Content.Metadata, live, deliberation);
            if (messages.Count > 0) return RegistryFault.Incompatible(options.IncompatibleErrorCode, subject.ToString(), messages);
        }
        return Write(image, subject, request, candidate.Content, takesIds);
    }

    private static RegistryFault? ModeFault(QualifiedSubject subject, RegistryMode mode, RegisterRequest request)
    {
        if (RegistryModes.IsReadOnly(mode)) return RegistryFault.ReadOnly(subject);
        if (request.Id is not null && !RegistryModes.TakesIds(mode))
            return RegistryFault.NotPermitted($"Subject {subject.Name} in context {subject.Context} is not in import mode");
        if (request.Id is null && mode != RegistryMode.ReadWrite)
            return RegistryFault.NotPermitted($"Subject {subject.Name} in context {subject.Context} is not in read-write mode");
        return null;
    }

    /// <summary>What the request leaves out is taken from the version before, under the config's overrides and over its defaults.</summary>
    private static RegisterRequest Complete(RegistryImage image, QualifiedSubject subject, RegisterRequest request, SchemaVersion? previous)
    {
        if (request.Schema.Length == 0 && previous is not null)
        {
            var content = previous.Content;
            request = request with { Schema = content.Text, SchemaType = content.SchemaType, References = content.References };
        }
        // Tags make another schema, which is a version of its own.
        if (request.Version == 0 && (request.TagsToAdd.Length > 0 || request.TagsToRemove.Length > 0)) request = request with { Version = -1 };
        var metadata = SchemaMetadata.Merge(
            SchemaMetadata.Merge(
                image.SettingOf(subject, config => config.DefaultMetadata), request.Metadata ?? previous?.Content.Metadata?.WithoutVersion()),
            image.SettingOf(subject, config => config.OverrideMetadata));
        if (request.Version != 0)
        {
            var next = request.Version == -1 ? NextVersion(image, subject) : request.Version;
            metadata ??= SchemaMetadata.Empty;
            var properties = metadata.Properties.SetItem(SchemaMetadata.VersionProperty, next.ToString(CultureInfo.InvariantCulture));
            metadata = metadata with { Properties = properties };
        }
        var ruleSet = RuleSet.Merge(
            RuleSet.Merge(image.SettingOf(subject, config => config.DefaultRuleSet), request.RuleSet ?? previous?.Content.RuleSet),
            image.SettingOf(subject, config => config.OverrideRuleSet));
        if (metadata is { Tags.Count: 0, Properties.Count: 0, Sensitive.Count: 0 }) metadata = null;
        return request with { Metadata = metadata, RuleSet = ruleSet };
    }

    /// <summary>A request that names a version is answered by that version only.</summary>
    private static bool AnswersFor(SchemaVersion existing, RegisterRequest request) =>
        request.Version == 0 || request.Version == existing.Version;

    private static int NextVersion(RegistryImage image, QualifiedSubject subject) =>
        image.VersionsOf(subject.ToString()) is [.., var last] ? last.Version + 1 : 1;

    private Outcome<Decision<SchemaVersion>> Write(
        RegistryImage image, QualifiedSubject subject, RegisterRequest request, SchemaContent content, bool takesIds)
    {
        var name = subject.ToString();
        var version = NextVersion(image, subject);
        if (version <= 0) return RegistryFault.NotPermitted($"Subject {subject.Name} has no versions left");
        if (request.Version > 0)
        {
            if (request.Version != version && !takesIds) return RegistryFault.NotNextVersion();
            version = request.Version;
        }
        if (ChooseId(image, subject, request, content) is { Fault: var fault } id && fault is not null) return fault;

        var registered = new SchemaVersion(name, version, id.Value, content, Deleted: false, TimestampMs: 0);
        var writes = new List<PlannedWrite>();
        if (!image.Contexts.Contains(subject.Context))
        {
            if (image.Contexts.Count >= options.MaxContexts) return RegistryFault.NotPermitted($"There are {options.MaxContexts} contexts, which is the limit");
            writes.Add(PlannedWrite.Of(RecordKey.ForContext(subject.Context), RecordValues.Context(subject.Context, image.HighestIds.GetValueOrDefault(subject.Context))));
        }
        var former = image.Find(name, version);
        if (former is not null) writes.AddRange(HighestId.KeepBeyond(image, subject.Context, [former]));
        writes.Add(PlannedWrite.Version(registered, former));
        // Softly deleted versions of the same content have had their day: the id lives on with the new version.
        foreach (var old in image.VersionsOf(name).Where(old => old.Deleted && old.Id == id.Value && old.Version != version))
        {
            if (!image.ReferrersOf(name, old.Version).Any())
                writes.AddRange(PlannedWrite.Removal(image, old));
        }
        return new Decision<SchemaVersion>(writes, after => Settled(after, registered));
    }

    /// <summary>
    /// The version as it stands. Another registry may have written over it in the meantime; it will find that ours was first and put it back, so its
    /// id and its text are nothing to answer with.
    /// </summary>
    private static SchemaVersion Settled(RegistryImage after, SchemaVersion registered)
    {
        if (after.Find(registered.Subject, registered.Version) is not { } found) return registered;
        return found.Id == registered.Id && found.Content.SameAs(registered.Content) ? found : registered with { TimestampMs = found.TimestampMs };
    }

    private static Outcome<int> ChooseId(RegistryImage image, QualifiedSubject subject, RegisterRequest request, SchemaContent content)
    {
        if (request.Id is { } given)
        {
            if (given > HighestId.HighestGiven && !image.Ids.TryGetValue(new ContextId(subject.Context, given), out _))
                return RegistryFault.NotPermitted($"Id {given} would leave context {subject.Context} without ids; the highest to be asked for is {HighestId.HighestGiven}");
            return image.Ids.TryGetValue(new ContextId(subject.Context, given), out var other) && !other.Content.SameAs(content)
                ? RegistryFault.NotPermitted($"Overwrite new schema with id {given} in context {subject.Context} is not permitted.")
                : given;
        }
        if (image.IdsByGuid.TryGetValue((subject.Context, content.SchemaType, content.Guid), out var known)
            && image.Ids.TryGetValue(new ContextId(subject.Context, known), out var entry) && entry.Content.SameAs(content))
            return known;
        var highest = image.HighestIds.GetValueOrDefault(subject.Context);
        return highest < int.MaxValue ? highest + 1 : RegistryFault.NotPermitted($"Context {subject.Context} has no ids left");
    }
}
