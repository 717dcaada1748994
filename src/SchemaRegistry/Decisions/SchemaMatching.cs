using Gateway.Schemas;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Tags;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>A request's schema, parsed, with the content it would be stored as.</summary>
internal sealed record Candidate(ISchema Schema, SchemaContent Content, bool GivesMetadata);

/// <summary>Turns requests into contents, and finds contents under subjects.</summary>
internal sealed class SchemaMatching(ParsedSchemas schemas, RegistryOptions options)
{
    /// <summary>Parses what was sent and settles its references and its stored text.</summary>
    public Outcome<Candidate> Prepare(RegistryImage image, QualifiedSubject subject, RegisterRequest request, bool strict, bool normalizes, Deliberation deliberation)
    {
        if (request.Schema.Length == 0) return RegistryFault.EmptySchema();
        if (System.Text.Encoding.UTF8.GetByteCount(request.Schema) > options.MaxSchemaBytes)
            return RegistryFault.SchemaTooLarge(options.MaxSchemaBytes);
        if (request.RuleSet?.Problem() is { } problem) return RegistryFault.InvalidRuleSet(problem);
        var resolved = ParsedSchemas.Resolve(
            image, subject.Context, request.References, acceptsDeleted: !strict, oneVersionEach: strict && options.StrictReferenceVersions);
        if (resolved.Fault is { } notFound) return notFound;
        var parsed = Parse(request, resolved.Value.Texts, strict, deliberation);
        if (parsed.Fault is { } invalid) return invalid;
        var references = resolved.Value.References;
        if (normalizes)
        {
            references =
            [
                .. references.Distinct().OrderBy(reference => reference.Name, StringComparer.Ordinal)
                    .ThenBy(reference => reference.Subject, StringComparer.Ordinal).ThenBy(reference => reference.Version),
            ];
        }
        var text = normalizes ? parsed.Value.NormalizedText : parsed.Value.CanonicalText;
        var content = new SchemaContent(request.SchemaType, text, references, request.Metadata, request.RuleSet);
        return new Candidate(parsed.Value, content, request.Metadata is not null || request.RuleSet is not null);
    }

    private Outcome<ISchema> Parse(RegisterRequest request, IReadOnlyList<ResolvedReference> references, bool strict, Deliberation deliberation)
    {
        if (deliberation.Parsed(request.SchemaType, request.Schema, strict, references) is { } known) return Outcome.Of(known);
        var parsed = schemas.Parse(request.SchemaType, request.Schema, references, strict, deliberation);
        if (parsed.Fault is null) deliberation.NoteParsed(request.SchemaType, request.Schema, strict, references, parsed.Value);
        return parsed;
    }

    /// <summary>The request with its schema tagged as it asks for.</summary>
    public Outcome<RegisterRequest> Tagged(
        RegistryImage image, QualifiedSubject subject, RegisterRequest request, SchemaVersion? previous, bool strict, Deliberation deliberation)
    {
        var changes = request.TagsToAdd.Length > 0 || request.TagsToRemove.Length > 0;
        var carried = request.PropagatesTags && previous is not null && previous.Content.SchemaType == request.SchemaType
            && schemas.Stored(image, subject.Context, previous.Content, deliberation) is { Fault: null } stored
                ? InlineTags.Of(stored.Value)
                : [];
        if (!changes && carried.Count == 0) return request;
        var prepared = Prepare(image, subject, request, strict, normalizes: false, deliberation);
        if (prepared.Fault is { } invalid) return invalid;
        var tagged = InlineTags.Apply(prepared.Value.Schema, new TagEdit(request.TagsToAdd, request.TagsToRemove, carried));
        return tagged.Fault is { } fault ? fault : request with { Schema = tagged.Value };
    }

    /// <summary>The newest version of a subject that holds the candidate, byte for byte or, failing that, in meaning.</summary>
    public SchemaVersion? FindUnder(
        RegistryImage image, QualifiedSubject subject, Candidate candidate, bool deletedToo, bool isLookup, Deliberation deliberation)
    {
        var versions = image.VersionsOf(subject.ToString()).Where(version => deletedToo || !version.Deleted).Reverse().ToList();
        deliberation.MatchAs(candidate.Schema);
        return versions.Find(version => version.Content.SameAs(candidate.Content))
            ?? versions.Find(version => !deliberation.IsSpent && MeansTheSame(image, subject, version.Content, candidate, isLookup, deliberation));
    }

    /// <summary>
    /// Equal once references are written out and the version asked for is left aside; a lookup without metadata asks for none.
    /// </summary>
    private bool MeansTheSame(
        RegistryImage image, QualifiedSubject subject, SchemaContent stored, Candidate candidate, bool isLookup, Deliberation deliberation)
    {
        var asked = candidate.Content;
        if (stored.SchemaType != asked.SchemaType) return false;
        var asksForTextOnly = isLookup && !candidate.GivesMetadata;
        if (!asksForTextOnly && !(SameMetadata(stored.Metadata, asked.Metadata) && SameRules(stored.RuleSet, asked.RuleSet))) return false;
        if (stored.References.SequenceEqual(asked.References))
        {
            if (stored.HasTextOf(asked)) return true;
            // A descriptor and a text of the same file are printed differently: the one has lost how names were written.
            if (stored.SchemaType == SchemaTypes.Protobuf)
                return IsSame(stored, deliberation, file => file.SerializedText is { } serialized && serialized == candidate.Schema.SerializedText);
        }
        if (stored.References.Length == 0 && asked.References.Length == 0) return false;
        return IsSame(stored, deliberation, parsed => parsed.ResolvedText == candidate.Schema.ResolvedText
            && (stored.SchemaType != SchemaTypes.Protobuf || RestOnTheSame(image, subject.Context, stored, asked)));

        bool IsSame(SchemaContent content, Deliberation pays, Func<ISchema, bool> compare)
        {
            if (pays.IsDifferent(content)) return false;
            // Both are written out for it.
            pays.SpendOnText(content.SchemaType, (long)content.Utf8.Length + asked.Utf8.Length);
            if (schemas.Stored(image, subject.Context, content, pays) is { Fault: null } parsed && !pays.IsSpent && compare(parsed.Value)) return true;
            pays.NoteDifferent(content);
            return false;
        }
    }

    /// <summary>A .proto text cannot take in what it imports, so the texts behind its references are compared beside it.</summary>
    private static bool RestOnTheSame(RegistryImage image, string context, SchemaContent some, SchemaContent other)
    {
        var ofSome = ParsedSchemas.Resolve(image, context, some.References, acceptsDeleted: true);
        var ofOther = ParsedSchemas.Resolve(image, context, other.References, acceptsDeleted: true);
        return ofSome.Fault is null && ofOther.Fault is null
            && ofSome.Value.Texts.Select(text => (text.Reference.Name, text.Text)).ToHashSet()
                .SetEquals(ofOther.Value.Texts.Select(text => (text.Reference.Name, text.Text)));
    }

    private static bool SameMetadata(SchemaMetadata? some, SchemaMetadata? other)
    {
        some = some?.WithoutVersion() ?? SchemaMetadata.Empty;
        return some.SameAs(other?.WithoutVersion() ?? SchemaMetadata.Empty);
    }

    private static bool SameRules(RuleSet? some, RuleSet? other) => some is null ? other is null : some.SameAs(other);
}
