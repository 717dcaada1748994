using Gateway.Common.Records;
using Gateway.Schemas;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Validation;

/// <summary>
/// The subjects that a topic's keys, or values, may have their schemas under, by its strategy. Deleted versions count as long as their ids are
/// there; so does every context, since a record does not say which one its id is of.
/// </summary>
internal sealed class NamedSubjects
{
    // A batch may name as many schemas as it has records, and the registry may have as many: what is remembered is little.
    private const int MaxKnown = 4096;
    private const int MaxParsed = 256;

    private readonly RegistryImage _image;
    private readonly ParsedSchemas _schemas;
    private readonly string _topic;
    private readonly SubjectNaming _naming;
    private readonly KnownSchemas? _noted;
    private readonly List<string> _tied = [];
    private readonly Dictionary<SchemaIdentity, NamedSchema> _known = [];
    // Parsed schemas are kept while somebody holds them; for the length of a batch that is this.
    private readonly Dictionary<SchemaContent, ISchema?> _parsed = new(ReferenceEqualityComparer.Instance);
    private (SchemaIdentity Identity, NamedSchema Schema)? _last;

    public NamedSubjects(RegistryImage image, ParsedSchemas schemas, string topic, bool isKey, SubjectNaming naming, KnownSchemas? known)
    {
        string part = isKey ? "key" : "value";
        (_image, _schemas, _topic, _naming, _noted) = (image, schemas, topic, naming, known);
        TopicsSubject = $"{topic}-{part}";
        if (naming != SubjectNaming.TopicName || image.Associations.Count == 0) return;
        foreach (Association association in image.Associations.OfResource(Association.Any, topic))
            if (association.Key.AssociationType == part) _tied.Add(association.Key.Subject);
    }

    /// <summary>The subject by the topic's name.</summary>
    public string TopicsSubject { get; }

    /// <summary>Whether the subject depends on the record's type.</summary>
    public bool NeedsTypes => _naming != SubjectNaming.TopicName;

    /// <summary>What an id or a GUID stands for.</summary>
    public NamedSchema Find(SchemaIdentity identity)
    {
        if (_last is { } last && last.Identity == identity) return last.Schema;
        if (!_known.TryGetValue(identity, out NamedSchema? schema))
        {
            schema = Look(identity);
            if (!schema.Exists) return schema;
            if (schema.HasTopicsSubject) _noted?.Add(_image, identity);
            if (_known.Count == MaxKnown) _known.Clear();
            _known.Add(identity, schema);
        }
        _last = (identity, schema);
        return schema;
    }

    /// <summary>The schema among those of a name that is of the right subject, which is told too; null when none is.</summary>
    /// <exception cref="SchemaDataException">The payload does not say of which type it is.</exception>
    public (string Context, SchemaContent Content)? Match(NamedSchema schema, ReadOnlySpan<byte> payload, out string subject)
    {
        subject = TopicsSubject;
        foreach ((string context, IdEntry entry) in schema.Candidates)
        {
            string type = NeedsTypes ? Parsed((context, entry.Content))?.NameOf(payload) ?? "" : "";
            if (schema.LastMatch is { } last && last.Type == type && ReferenceEquals(last.Content, entry.Content)) return (context, entry.Content);
            if (NeedsTypes) subject = _naming == SubjectNaming.RecordName ? type : $"{_topic}-{type}";
            if (!IsOf(context, entry, subject)) continue;
            schema.LastMatch = (type, entry.Content);
            return (context, entry.Content);
        }
        return null;
    }

    /// <summary>A schema, parsed; null when this build cannot read it.</summary>
    public ISchema? Parsed((string Context, SchemaContent Content) of)
    {
        if (_parsed.TryGetValue(of.Content, out ISchema? kept)) return kept;
        if (_parsed.Count == MaxParsed) _parsed.Clear();
        Outcome<ISchema> parsed = _schemas.Stored(_image, of.Context, of.Content);
        return _parsed[of.Content] = parsed.Fault is null ? parsed.Value : null;
    }

    private NamedSchema Look(SchemaIdentity identity)
    {
        var candidates = new List<(string Context, IdEntry Entry)>();
        IEnumerable<ContextId> ids = identity.IsGuid
            ? _image.IdsOf(identity.Guid)
            : _image.Contexts.Select(context => new ContextId(context, identity.Id));
        foreach (ContextId id in ids)
            if (_image.Ids.TryGetValue(id, out IdEntry? entry)) candidates.Add((id.Context, entry));
        if (candidates.Count == 0) return NamedSchema.None;
        return new NamedSchema
        {
            Candidates = candidates,
            HasTopicsSubject = !NeedsTypes && candidates.Exists(candidate => IsOf(candidate.Context, candidate.Entry, TopicsSubject)),
        };
    }

    private bool IsOf(string context, IdEntry entry, string subject)
    {
        var qualified = new QualifiedSubject(context, subject);
        if (Uses(entry, qualified.ToString())) return true;
        QualifiedSubject aliased = _image.Aliased(qualified);
        if (aliased != qualified && Uses(entry, aliased.ToString())) return true;
        return _tied.Exists(tied => QualifiedSubject.Parse(tied).Context == context && Uses(entry, tied));
    }

    /// <summary>The users are sorted, so the first of a subject stands where its version 0 would.</summary>
    private static bool Uses(IdEntry entry, string subject)
    {
        int index = entry.Users.IndexOf(new VersionName(subject, 0));
        if (index < 0) index = ~index;
        return index < entry.Users.Count && entry.Users[index].Subject == subject;
    }
}
