using System.Collections.Immutable;
using Gateway.Schemas;
using Gateway.Schemas.Compatibility;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.State;

/// <summary>An id within its context.</summary>
internal readonly record struct ContextId(string Context, int Id);

/// <summary>A version of a subject, by name.</summary>
internal readonly record struct VersionName(string Subject, int Version) : IComparable<VersionName>
{
    public int CompareTo(VersionName other)
    {
        var bySubject = string.CompareOrdinal(Subject, other.Subject);
        return bySubject != 0 ? bySubject : Version.CompareTo(other.Version);
    }
}

/// <summary>A content and the versions that use it under one id.</summary>
internal sealed record IdEntry(SchemaContent Content, ImmutableSortedSet<VersionName> Users);

/// <summary>Everything the registry knows, as of one offset. Immutable: any thread reads it without a lock.</summary>
internal sealed record RegistryImage
{
    /// <summary>Versions of each subject by number, softly deleted ones included; a subject without any is not here.</summary>
    public required ImmutableSortedDictionary<string, ImmutableArray<SchemaVersion>> Subjects { get; init; }

    public required LayeredMap<ContextId, IdEntry> Ids { get; init; }

    public required LayeredMap<(string Context, string SchemaType, Guid Guid), int> IdsByGuid { get; init; }

    /// <summary>Configs by subject; the registry's own under the empty name.</summary>
    public required ImmutableSortedDictionary<string, SubjectConfig> Configs { get; init; }

    public required ImmutableSortedDictionary<string, RegistryMode> Modes { get; init; }

    public required ImmutableDictionary<VersionName, ImmutableSortedSet<VersionName>> Referrers { get; init; }

    public required ImmutableSortedDictionary<string, int> HighestIds { get; init; }

    /// <summary>What the one record that is not of a single context says of highest ids; other builds wrote those of all contexts there.</summary>
    public required ImmutableSortedDictionary<string, int> SharedHighestIds { get; init; }

    public required ImmutableSortedSet<string> Contexts { get; init; }

    /// <summary>Which subjects belong to which topics.</summary>
    public required AssociationIndex Associations { get; init; }

    /// <summary>Subjects for which a record says that they were deleted.</summary>
    public required ImmutableHashSet<string> DeletionRecords { get; init; }

    /// <summary>Keys other registries wrote in other bytes than ours; whatever they stand for must be removed under each.</summary>
    public required ImmutableDictionary<string, ImmutableList<byte[]>> ForeignKeys { get; init; }

    /// <summary>Offset after the last record this holds.</summary>
    public required long NextOffset { get; init; }

    private static readonly string[] SchemaTypesThereAre = [SchemaTypes.Avro, SchemaTypes.Json, SchemaTypes.Protobuf];

    /// <summary>Where the registry's own config and mode are kept.</summary>
    public const string Global = "";

    public ImmutableArray<SchemaVersion> VersionsOf(string subject) =>
        Subjects.TryGetValue(subject, out var versions) ? versions : [];

    public IEnumerable<SchemaVersion> LiveVersionsOf(string subject) => VersionsOf(subject).Where(version => !version.Deleted);

    public SchemaVersion? Latest(string subject) => LiveVersionsOf(subject).LastOrDefault();

    public SchemaVersion? Find(string subject, int version)
    {
        var (versions, low) = (VersionsOf(subject), 0);
        for (var high = versions.Length - 1; low <= high;)
        {
            var middle = low + (high - low) / 2;
            if (versions[middle].Version == version) return versions[middle];
            if (versions[middle].Version < version) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    public bool HasLive(string subject) => VersionsOf(subject).Any(version => !version.Deleted);

    /// <summary>The ids a GUID has: one in each context, and for each language that has a schema of this very text.</summary>
    public IEnumerable<ContextId> IdsOf(Guid guid)
    {
        foreach (var context in Contexts)
            foreach (var schemaType in SchemaTypesThereAre)
                if (IdsByGuid.TryGetValue((context, schemaType, guid), out var id)) yield return new ContextId(context, id);
    }

    public IEnumerable<SchemaVersion> ReferrersOf(string subject, int version)
    {
        if (!Referrers.TryGetValue(new VersionName(subject, version), out var users)) yield break;
        foreach (var user in users)
            if (Find(user.Subject, user.Version) is { } referrer) yield return referrer;
    }

    /// <summary>A subject asked for without a context is looked for in the other contexts when the default one does not have it.</summary>
    public QualifiedSubject Locate(QualifiedSubject subject)
    {
        if (subject.Context != QualifiedSubject.DefaultContext || Subjects.ContainsKey(subject.Name)) return subject;
        foreach (var context in Contexts)
        {
            var elsewhere = subject with { Context = context };
            if (Subjects.ContainsKey(elsewhere.ToString())) return elsewhere;
        }
        return subject;
    }

    /// <summary>The subject that answers for this one: the one its config names in its place, if it names one.</summary>
    public QualifiedSubject Aliased(QualifiedSubject subject) =>
        subject.Name.Length > 0 && Configs.GetValueOrDefault(subject.ToString())?.Alias is { Length: > 0 } alias ? QualifiedSubject.Within(subject.Context, alias) : subject;

    public SubjectConfig? ConfigOf(QualifiedSubject subject) =>
        Scopes(subject).Select(scope => Configs.GetValueOrDefault(scope)).FirstOrDefault(config => config is not null);

    /// <summary>
    /// The level that holds. A subject with a config of its own but no level in it takes the server's, not the registry's.
    /// </summary>
    public CompatibilityLevel LevelOf(QualifiedSubject subject, CompatibilityLevel byDefault) => ConfigOf(subject)?.Level ?? byDefault;

    /// <summary>One of the other settings: the subject's, else the registry's.</summary>
    public T? SettingOf<T>(QualifiedSubject subject, Func<SubjectConfig, T?> setting)
    {
        foreach (var scope in Scopes(subject).Append(Global))
            if (Configs.GetValueOrDefault(scope) is { } config && setting(config) is { } value) return value;
        return default;
    }

    public RegistryMode ModeOf(QualifiedSubject subject)
    {
        foreach (var scope in Scopes(subject))
            if (Modes.TryGetValue(scope, out var mode)) return mode;
        return RegistryMode.ReadWrite;
    }

    /// <summary>
    /// This with a version to come: a second decision that goes into the same append must neither give out its id again nor write its context twice.
    /// </summary>
    public RegistryImage Expecting(SchemaVersion version)
    {
        var context = QualifiedSubject.Parse(version.Subject).Context;
        var id = new ContextId(context, version.Id);
        var user = new VersionName(version.Subject, version.Version);
        var users = Ids.TryGetValue(id, out var entry) ? entry.Users.Add(user) : [user];
        return this with
        {
            Ids = Ids.SetItem(id, new IdEntry(entry?.Content ?? version.Content, users)),
            IdsByGuid = IdsByGuid.SetItem((context, version.Content.SchemaType, version.Content.Guid), version.Id),
            HighestIds = HighestIds.SetItem(context, Math.Max(HighestIds.GetValueOrDefault(context), version.Id)),
            Contexts = context == QualifiedSubject.DefaultContext ? Contexts : Contexts.Add(context),
        };
    }

    /// <summary>Every key a logical record was seen under, ours first.</summary>
    public IEnumerable<byte[]> KeysOf(RecordKey key) => ForeignKeys.GetValueOrDefault(key.Logical, []).Prepend(key.ToBytes());

    /// <summary>Where a setting of a subject is looked for, nearest first.</summary>
    private static IEnumerable<string> Scopes(QualifiedSubject subject)
    {
        if (subject.Name.Length > 0) yield return subject.ToString();
        yield return subject.Context == QualifiedSubject.DefaultContext ? Global : new QualifiedSubject(subject.Context, "").ToString();
        yield return new QualifiedSubject(QualifiedSubject.GlobalContext, "").ToString();
    }
}
