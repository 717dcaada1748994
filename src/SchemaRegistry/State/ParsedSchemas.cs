using System.Collections.Immutable;
using System.Text;
using Gateway.Schemas;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.State;

/// <summary>Parses schemas with what they refer to, and keeps the parsed ones while they take little room.</summary>
internal sealed class ParsedSchemas(SchemaLanguages languages, SchemaBudget budget)
{
    private const long MaxKeptCharacters = 16 * 1024 * 1024;
    private const int MaxReferences = 10_000;

    private readonly KeptSchemas _kept = new(MaxKeptCharacters);

    public SchemaLanguages Languages { get; } = languages;

    public SchemaBudget Budget { get; } = budget;

    /// <summary>A stored content, parsed; the error when this build cannot read it.</summary>
    /// <param name="image">The state.</param>
    /// <param name="context">The context the content is in.</param>
    /// <param name="content">The content.</param>
    /// <param name="deliberation">The request that pays for it; null where it is bounded by itself alone.</param>
    public Outcome<ISchema> Stored(RegistryImage image, string context, SchemaContent content, Deliberation? deliberation = null)
    {
        if (content.Parsed is { } kept && RestsOnTheSame(image, kept.RestsOn))
        {
            deliberation?.RestsOn(kept.RestsOn);
            return Outcome.Of(kept.Schema);
        }
        var references = Resolve(image, context, content.References, acceptsDeleted: true);
        if (references.Fault is { } fault) return fault;
        deliberation?.RestsOn(references.Value.Targets);
        var parsed = Parse(content.SchemaType, content.Text, references.Value.Texts, strict: false, deliberation);
        if (parsed.Fault is null) content.Remember(parsed.Value, references.Value.Targets);
        return parsed;
    }

    /// <summary>Whether references that led to these versions lead to the same contents still.</summary>
    public static bool RestsOnTheSame(RegistryImage image, ImmutableArray<SchemaVersion> targets)
    {
        foreach (var target in targets)
            if (image.Find(target.Subject, target.Version)?.Content != target.Content) return false;
        return true;
    }

    /// <summary>A text as it came in.</summary>
    public Outcome<ISchema> Parse(
        string schemaType, string text, IReadOnlyList<ResolvedReference> references, bool strict, Deliberation? deliberation = null)
    {
        var key = Key(schemaType, text, references, strict);
        if (_kept.Find(key) is { } kept) return Outcome.Of(kept);
        using var share = deliberation?.Share(schemaType, key.Length);
        var result = Languages.Parse(schemaType, text, references, new SchemaParseOptions(strict, share?.Budget ?? Budget));
        if (result.Error is { } error) return RegistryFault.InvalidSchema(error.ToString());
        _kept.Keep(key, result.Schema!);
        return Outcome.Of(result.Schema!);
    }

    /// <summary>
    /// The schemas a list of references leads to, deepest first, and the list with its versions settled. Of two under one name the first that is met
    /// counts, unless that is refused.
    /// </summary>
    public static Outcome<ResolvedReferences> Resolve(
        RegistryImage image, string context, ImmutableArray<SchemaReference> references, bool acceptsDeleted, bool oneVersionEach = false)
    {
        var texts = new List<ResolvedReference>();
        var seen = new Dictionary<string, SchemaVersion>(StringComparer.Ordinal);
        var settled = ImmutableArray.CreateBuilder<SchemaReference>(references.Length);
        foreach (var reference in references)
        {
            var target = Target(image, context, reference, acceptsDeleted);
            if (target is null) return RegistryFault.ReferenceNotFound(reference.Subject, reference.Version);
            settled.Add(reference with { Version = target.Version });
            if (Collect(image, context, reference with { Version = target.Version }, target, isDirect: true, texts, seen, oneVersionEach) is { } fault)
                return fault;
        }
        // One that another reference leads to as well may have been met there first.
        var direct = references.Select(static reference => reference.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < texts.Count; i++)
            if (direct.Contains(texts[i].Reference.Name)) texts[i] = texts[i] with { IsDirect = true };
        return new ResolvedReferences(settled.MoveToImmutable(), texts, [.. seen.Values]);
    }

    private static RegistryFault? Collect(
        RegistryImage image, string context, SchemaReference reference, SchemaVersion target, bool isDirect, List<ResolvedReference> texts,
        Dictionary<string, SchemaVersion> seen, bool oneVersionEach)
    {
        // An explicit stack: how deep references go is up to strangers.
        var open = new Stack<(string Context, SchemaReference Reference, SchemaVersion Target, bool IsDirect, bool Entered)>();
        open.Push((context, reference, target, isDirect, false));
        while (open.TryPop(out var next))
        {
            if (next.Entered)
            {
                texts.Add(new ResolvedReference(next.Reference, next.Target.Content.Text, next.IsDirect));
                continue;
            }
            if (!seen.TryAdd(next.Reference.Name, next.Target))
            {
                var met = seen[next.Reference.Name];
                if (!oneVersionEach || (met.Subject == next.Target.Subject && met.Version == next.Target.Version)) continue;
                return RegistryFault.InvalidSchema(
                    $"its references lead to version {met.Version} of {met.Subject} and to version {next.Target.Version} of {next.Target.Subject} under the one name {next.Reference.Name}");
            }
            if (seen.Count > MaxReferences) return RegistryFault.InvalidSchema($"it rests on more than {MaxReferences} references");
            open.Push(next with { Entered = true });
            var innerContext = QualifiedSubject.Within(next.Context, next.Reference.Subject).Context;
            foreach (var inner in next.Target.Content.References.Reverse())
            {
                if (Target(image, innerContext, inner, acceptsDeleted: true) is not { } innerTarget)
                    return RegistryFault.ReferenceNotFound(inner.Subject, inner.Version);
                open.Push((innerContext, inner, innerTarget, false, false));
            }
        }
        return null;
    }

    private static SchemaVersion? Target(RegistryImage image, string context, SchemaReference reference, bool acceptsDeleted)
    {
        var subject = QualifiedSubject.Within(context, reference.Subject).ToString();
        var target = reference.Version == -1 ? image.Latest(subject) : image.Find(subject, reference.Version);
        return target is { Deleted: true } && !acceptsDeleted ? null : target;
    }

    private static string Key(string schemaType, string text, IReadOnlyList<ResolvedReference> references, bool strict)
    {
        if (references.Count == 0) return $"{strict}\0{schemaType}\0{text}";
        var key = new StringBuilder($"{strict}\0{schemaType}\0{text}");
        foreach (var reference in references)
            key.Append('\0').Append(reference.Reference.Name).Append('\0').Append(reference.IsDirect ? reference.Reference : null).Append('\0').Append(reference.Text);
        return key.ToString();
    }
}

/// <summary>References with their versions settled, the texts behind them, deepest first, and every version they lead to.</summary>
internal sealed record ResolvedReferences(
    ImmutableArray<SchemaReference> References, IReadOnlyList<ResolvedReference> Texts, ImmutableArray<SchemaVersion> Targets);
