using System.Collections.Immutable;
using System.Text.Json;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.State;

/// <summary>What applying a record did.</summary>
/// <param name="Previous">The schema version its key stood for before.</param>
/// <param name="IdTaken">The record was passed over: its id already stands for another content.</param>
/// <param name="LeavesReferenceOpen">
/// A live version refers to what is not there: the one the record brought to something that is gone, or some other to what the record removed.
/// </param>
internal readonly record struct Applied(SchemaVersion? Previous, bool IdTaken, bool LeavesReferenceOpen)
{
    /// <summary>Why the record was passed over: it is no registry's. Null where it is one.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// Builds the image from records, live and at replay alike; nothing else changes it. It applies what is said and checks no preconditions,
/// since compaction may have taken the record that once made them true. The last record of a key counts.
/// </summary>
internal class RegistryState
{
    private readonly SortedMapBuilder<ImmutableArray<SchemaVersion>> _subjects = new();
    private readonly LayeredMap<ContextId, IdEntry>.Builder _ids = new();
    private readonly ContentIds _idsByGuid = new();
    private readonly ImmutableSortedDictionary<string, SubjectConfig>.Builder _configs = ImmutableSortedDictionary.CreateBuilder<string, SubjectConfig>(StringComparer.Ordinal);
    private readonly ImmutableSortedDictionary<string, RegistryMode>.Builder _modes = ImmutableSortedDictionary.CreateBuilder<string, RegistryMode>(StringComparer.Ordinal);
    private readonly ImmutableDictionary<VersionName, ImmutableSortedSet<VersionName>>.Builder _referrers = ImmutableDictionary.CreateBuilder<VersionName, ImmutableSortedSet<VersionName>>();
    private readonly ImmutableSortedDictionary<string, int>.Builder _highestIds = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
    private readonly ImmutableSortedDictionary<string, int>.Builder _sharedHighestIds = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
    private readonly ImmutableSortedSet<string>.Builder _contexts = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
    private readonly ImmutableHashSet<string>.Builder _deletionRecords = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
    private readonly ImmutableDictionary<string, ImmutableList<byte[]>>.Builder _foreignKeys = ImmutableDictionary.CreateBuilder<string, ImmutableList<byte[]>>(StringComparer.Ordinal);
    private AssociationIndex _associations = AssociationIndex.Empty;
    private static readonly ImmutableSortedSet<VersionName> NoUsers = ImmutableSortedSet<VersionName>.Empty;
    private long _nextOffset;
    private long _highestSequence = -1;

    public RegistryState() => _contexts.Add(QualifiedSubject.DefaultContext);

    public RegistryImage ToImage() => new()
    {
        Subjects = _subjects.ToImmutable(),
        Ids = _ids.ToImmutable(),
        IdsByGuid = _idsByGuid.ToImmutable(),
        Configs = _configs.ToImmutable(),
        Modes = _modes.ToImmutable(),
        Referrers = _referrers.ToImmutable(),
        HighestIds = _highestIds.ToImmutable(),
        SharedHighestIds = _sharedHighestIds.ToImmutable(),
        Contexts = _contexts.ToImmutable(),
        Associations = _associations,
        DeletionRecords = _deletionRecords.ToImmutable(),
        ForeignKeys = _foreignKeys.ToImmutable(),
        NextOffset = _nextOffset,
    };

    /// <summary>Applies one record. Records of other kinds, and keys or values that are no registry's, change nothing.</summary>
    public Applied Apply(TopicRecord record) => Apply(PreparedRecord.Of(record));

    /// <summary>The same for one that has been read already.</summary>
    public virtual Applied Apply(in PreparedRecord prepared)
    {
        var record = prepared.Record;
        _nextOffset = record.Offset + 1;
        if (prepared.Fault is { } fault) throw new InvalidDataException(fault.Message, fault);
        if (prepared.Key is not { } key) return new Applied { Problem = prepared.Problem };
        if (HasLostItsRace(key, record)) return default;
        if (!prepared.IsOurKey) RememberKey(key, record.Key!);
        // The last record of this kind is all that compaction leaves, whoever wrote it and whatever it says.
        if (key.Kind == RecordKind.Noop) _sharedHighestIds.Clear();
        if (record.Value is null) return Remove(key);
        if (key.Kind == RecordKind.Schema) return prepared.Version is { } version ? SetVersion(version) : new Applied { Problem = RecordProblem.Value };
        try
        {
            using var document = JsonDocument.Parse(record.Value);
            if (document.RootElement.ValueKind == JsonValueKind.Object && Set(key, document.RootElement, record.TimestampMs)) return default;
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException)
        {
            // No registry's value; whatever it was meant to say, it says nothing here.
        }
        return new Applied { Problem = RecordProblem.Value };
    }

    public void SkipTo(long nextOffset) => _nextOffset = Math.Max(_nextOffset, nextOffset);

    /// <summary>
    /// One dialect numbers its records with the offset they were meant for, and the first of two with the same number wins. In a copied topic
    /// the numbers no longer are offsets, but they still rise.
    /// </summary>
    private bool HasLostItsRace(RecordKey key, TopicRecord record)
    {
        if (key.Sequence is not { } sequence || record.Value is null) return false;
        if (sequence > _highestSequence)
        {
            _highestSequence = sequence;
            return false;
        }
        return !_foreignKeys.GetValueOrDefault(key.Logical, []).Any(known => known.AsSpan().SequenceEqual(record.Key));
    }

    private void RememberKey(RecordKey key, byte[] raw)
    {
        var known = _foreignKeys.GetValueOrDefault(key.Logical, []);
        if (!known.Any(other => other.AsSpan().SequenceEqual(raw))) _foreignKeys[key.Logical] = known.Add(raw);
    }

    /// <summary>False when the value is none of this kind.</summary>
    private bool Set(RecordKey key, JsonElement value, long timestampMs)
    {
        switch (key.Kind)
        {
            case RecordKind.Config:
                _configs[key.Subject ?? RegistryImage.Global] = RecordValues.ReadConfig(value);
                break;
            case RecordKind.Mode:
                if (RegistryModes.Parse(JsonBody.Text(value, "mode")) is not { } mode) return false;
                _modes[key.Subject ?? RegistryImage.Global] = mode;
                break;
            case RecordKind.DeleteSubject when key.Subject is not null:
                // Only where there is none, all versions are meant.
                var watermark = JsonBody.Integer(value, "version");
                if (watermark is null && JsonBody.Member(value, "version") is not null) return false;
                _deletionRecords.Add(key.Subject);
                DeleteUpTo(key.Subject, watermark ?? int.MaxValue);
                break;
            case RecordKind.ClearSubject when key.Subject is not null:
                foreach (var deleted in Versions(key.Subject).Where(version => version.Deleted)) RemoveVersion(deleted);
                break;
            case RecordKind.Context when key.Context is not null:
                if (JsonBody.Integer(value, "highestId") is { } known) RaiseId(key.Context, known);
                if (JsonBody.Boolean(value, "deleted") == true) _contexts.Remove(key.Context);
                else _contexts.Add(key.Context);
                break;
            case RecordKind.Association when key.Association is not null:
                _associations = _associations.With(RecordValues.ReadAssociation(value, key.Association, timestampMs));
                break;
            case RecordKind.Noop:
                foreach (var (context, id) in JsonBody.Members(value, "highestIds"))
                {
                    if (id.ValueKind != JsonValueKind.Number || !id.TryGetInt32(out var highest)) continue;
                    RaiseId(context, highest);
                    _sharedHighestIds[context] = highest;
                }
                break;
        }
        return true;
    }

    private Applied Remove(RecordKey key)
    {
        switch (key.Kind)
        {
            case RecordKind.Schema when key.Subject is not null:
                var existing = Versions(key.Subject).FirstOrDefault(version => version.Version == key.Version);
                if (existing is not null) RemoveVersion(existing);
                return new Applied(existing, false, existing is not null && IsReferredTo(existing));
            case RecordKind.Config:
                _configs.Remove(key.Subject ?? RegistryImage.Global);
                break;
            case RecordKind.Mode:
                _modes.Remove(key.Subject ?? RegistryImage.Global);
                break;
            case RecordKind.DeleteSubject when key.Subject is not null:
                _deletionRecords.Remove(key.Subject);
                break;
            case RecordKind.Context when key.Context is not null:
                _contexts.Remove(key.Context);
                break;
            case RecordKind.Association when key.Association is not null:
                _associations = _associations.Without(key.Association);
                break;
        }
        return default;
    }

    private Applied SetVersion(SchemaVersion version)
    {
        var context = QualifiedSubject.Parse(version.Subject).Context;
        var name = new VersionName(version.Subject, version.Version);
        var id = new ContextId(context, version.Id);
        var versions = Versions(version.Subject);
        var place = versions.Length;
        while (place > 0 && versions[place - 1].Version > version.Version) place--;
        var previous = place > 0 && versions[place - 1].Version == version.Version ? versions[place - 1] : null;
        var isKnown = _ids.TryGetValue(id, out var entry);
        var taken = isKnown && !entry!.Content.SameAs(version.Content) && !(entry.Users.Count == 1 && entry.Users.Contains(name));
        // Two writers gave out the same id at once: the first keeps it, the other finds out when it reads its record back.
        if (taken) return new Applied(previous, true, false);

        if (previous is not null)
        {
            RemoveVersion(previous);
            versions = Versions(version.Subject);
            place--;
            isKnown = _ids.TryGetValue(id, out entry);
        }
        // The content is shared by all versions under the id, so that each text is held once.
        var content = isKnown ? entry!.Content : version.Content;
        if (isKnown) version = version with { Content = content };
        _ids[id] = isKnown ? entry! with { Users = entry.Users.Add(name) } : new IdEntry(content, NoUsers.Add(name));
        _idsByGuid.Add((context, content.SchemaType, content.Guid), version.Id);
        RaiseId(context, version.Id);
        if (context != QualifiedSubject.DefaultContext) _contexts.Add(context);
        _subjects[version.Subject] = versions.Insert(place, version);
        foreach (var reference in content.References)
        {
            var target = new VersionName(QualifiedSubject.Within(context, reference.Subject).ToString(), reference.Version);
            _referrers[target] = _referrers.GetValueOrDefault(target, []).Add(name);
        }
        return new Applied(previous, false, !version.Deleted && content.References.Length > 0 && !HasAllTargets(context, content));
    }

    // Softly deleted ones are there: they can be read, and what refers to them too.
    private bool HasAllTargets(string context, SchemaContent content) => content.References.All(reference =>
        Versions(QualifiedSubject.Within(context, reference.Subject).ToString()).Any(target => target.Version == reference.Version));

    /// <summary>Whether a live version of another subject refers to this one.</summary>
    private bool IsReferredTo(SchemaVersion version) =>
        _referrers.TryGetValue(new VersionName(version.Subject, version.Version), out var users)
        && users.Any(user => user.Subject != version.Subject && Versions(user.Subject).Any(other => other.Version == user.Version && !other.Deleted));

    private void RemoveVersion(SchemaVersion version)
    {
        var context = QualifiedSubject.Parse(version.Subject).Context;
        var name = new VersionName(version.Subject, version.Version);
        var versions = Versions(version.Subject).RemoveAll(other => other.Version == version.Version);
        if (versions.Length == 0) _subjects.Remove(version.Subject);
        else _subjects[version.Subject] = versions;
        foreach (var reference in version.Content.References)
        {
            var target = new VersionName(QualifiedSubject.Within(context, reference.Subject).ToString(), reference.Version);
            if (!_referrers.TryGetValue(target, out var users)) continue;
            users = users.Remove(name);
            if (users.Count == 0) _referrers.Remove(target);
            else _referrers[target] = users;
        }
        var id = new ContextId(context, version.Id);
        if (!_ids.TryGetValue(id, out var entry)) return;
        entry = entry with { Users = entry.Users.Remove(name) };
        if (entry.Users.Count > 0)
        {
            _ids[id] = entry;
            return;
        }
        _ids.Remove(id);
        _idsByGuid.Remove((context, entry.Content.SchemaType, entry.Content.Guid), version.Id);
    }

    private void DeleteUpTo(string subject, int watermark)
    {
        if (!_subjects.TryGetValue(subject, out var versions)) return;
        _subjects[subject] = [.. versions.Select(version => version.Version <= watermark ? version with { Deleted = true } : version)];
    }

    private ImmutableArray<SchemaVersion> Versions(string subject) => _subjects.TryGetValue(subject, out var versions) ? versions : [];

    private void RaiseId(string context, int id)
    {
        if (id > _highestIds.GetValueOrDefault(context)) _highestIds[context] = id;
    }
}
