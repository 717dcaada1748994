using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Gateway.Schemas;
using Gateway.Schemas.Fingerprints;

namespace Gateway.SchemaRegistry.Model;

/// <summary>What an id stands for: a schema's text and everything registered with it.</summary>
internal sealed class SchemaContent(
    string schemaType, byte[] utf8, ImmutableArray<SchemaReference> references, SchemaMetadata? metadata, RuleSet? ruleSet)
{
    private Guid? _guid;
    private ParsedContent? _parsed;

    public SchemaContent(string schemaType, string text, ImmutableArray<SchemaReference> references, SchemaMetadata? metadata, RuleSet? ruleSet)
        : this(schemaType, Encoding.UTF8.GetBytes(text), references, metadata, ruleSet)
    {
    }

    public string SchemaType { get; } = schemaType;

    /// <summary>The text as bytes, which is how it is kept: texts are most of what a registry holds, and most are answered far more often than parsed.</summary>
    public ReadOnlyMemory<byte> Utf8 => utf8;

    public string Text => Encoding.UTF8.GetString(utf8);

    public ImmutableArray<SchemaReference> References { get; } = references;

    public SchemaMetadata? Metadata { get; } = metadata;

    public RuleSet? RuleSet { get; } = ruleSet;

    /// <summary>The same everywhere for the same content, the schema type apart.</summary>
    public Guid Guid => _guid ??= Hash();

    /// <summary>What it was last parsed to, and the versions its references led to then; null when that is not at hand any more.</summary>
    public (ISchema Schema, ImmutableArray<SchemaVersion> RestsOn)? Parsed =>
        Volatile.Read(ref _parsed) is { } parsed && parsed.Schema.TryGetTarget(out var schema) ? (schema, parsed.RestsOn) : null;

    /// <summary>Keeps what it was parsed to for as long as somebody else does: many schemas are stored, few are in use.</summary>
    public void Remember(ISchema schema, ImmutableArray<SchemaVersion> restsOn) =>
        Volatile.Write(ref _parsed, new ParsedContent(new WeakReference<ISchema>(schema), restsOn));

    public bool SameAs(SchemaContent other) =>
        SchemaType == other.SchemaType
        && HasTextOf(other)
        && References.SequenceEqual(other.References)
        && (Metadata is null ? other.Metadata is null : Metadata.SameAs(other.Metadata))
        && (RuleSet is null ? other.RuleSet is null : RuleSet.SameAs(other.RuleSet));

    public bool HasTextOf(SchemaContent other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    /// <summary>The same without metadata and rules.</summary>
    public SchemaContent Bare() => Metadata is null && RuleSet is null ? this : new(SchemaType, utf8, References, null, null);

    private Guid Hash()
    {
        var md5 = new Md5();
        Span<byte> number = stackalloc byte[4];
        md5.Append(utf8);
        foreach (var reference in References)
        {
            Append(md5, reference.Name);
            Append(md5, reference.Subject);
            BinaryPrimitives.WriteInt32BigEndian(number, reference.Version);
            md5.Append(number);
        }
        if (Metadata is not null) AppendMetadata(md5, Metadata);
        if (RuleSet is not null) AppendRules(md5, RuleSet);
        return new Guid(md5.Finish(), bigEndian: true);
    }

    private static void AppendMetadata(Md5 md5, SchemaMetadata metadata)
    {
        md5.Append([1]);
        foreach (var (tag, values) in metadata.Tags)
        {
            Append(md5, tag);
            foreach (var value in values) Append(md5, value);
        }
        foreach (var (name, value) in metadata.Properties)
        {
            Append(md5, name);
            Append(md5, value);
        }
        foreach (var name in metadata.Sensitive) Append(md5, name);
    }

    private static void AppendRules(Md5 md5, RuleSet ruleSet)
    {
        md5.Append([1]);
        foreach (var rule in ruleSet.All)
        {
            Append(md5, rule.Name);
            Append(md5, rule.Doc);
            Append(md5, rule.Kind);
            Append(md5, rule.Mode);
            Append(md5, rule.Type);
            foreach (var tag in rule.Tags) Append(md5, tag);
            foreach (var (name, value) in rule.Params)
            {
                Append(md5, name);
                Append(md5, value);
            }
            Append(md5, rule.Expression);
            Append(md5, rule.OnSuccess);
            Append(md5, rule.OnFailure);
            if (rule.Disabled) md5.Append([1]);
        }
        Append(md5, ruleSet.EnableAt);
    }

    private static void Append(Md5 md5, string? text)
    {
        if (text is not null) md5.Append(Encoding.UTF8.GetBytes(text));
    }

    private sealed record ParsedContent(WeakReference<ISchema> Schema, ImmutableArray<SchemaVersion> RestsOn);
}
