using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gateway.Schemas;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Tags;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>A schema as a client sends it, to register, look up or compare.</summary>
internal sealed record RegisterRequest
{
    private static readonly ImmutableArray<(string Name, JsonValueKind Kind)> Members =
    [
        ("schema", JsonValueKind.String), ("schemaType", JsonValueKind.String), ("references", JsonValueKind.Array), ("metadata", JsonValueKind.Object),
        ("ruleSet", JsonValueKind.Object), ("id", JsonValueKind.Number), ("version", JsonValueKind.Number),
    ];

    // All of them are needed: a reference with one left out names nothing.
    private static readonly ImmutableArray<(string Name, JsonValueKind Kind)> ReferenceMembers =
        [("name", JsonValueKind.String), ("subject", JsonValueKind.String), ("version", JsonValueKind.Number)];

    /// <summary>0 lets the registry choose, −1 asks for the next one, anything else must be it.</summary>
    public int Version { get; init; }

    /// <summary>The id to register under; only where ids come from elsewhere.</summary>
    public int? Id { get; init; }

    public string SchemaType { get; init; } = SchemaTypes.Avro;

    public ImmutableArray<SchemaReference> References { get; init; } = [];

    public SchemaMetadata? Metadata { get; init; }

    public RuleSet? RuleSet { get; init; }

    public string Schema { get; init; } = "";

    public bool Normalize { get; init; }

    /// <summary>Tags to write into the schema.</summary>
    public ImmutableArray<TaggedEntity> TagsToAdd { get; init; } = [];

    /// <summary>Tags to take out of it.</summary>
    public ImmutableArray<TaggedEntity> TagsToRemove { get; init; } = [];

    /// <summary>Whether the tags of the version before are written into it where it still has the places.</summary>
    public bool PropagatesTags { get; init; }

    /// <summary>Registers whatever the compatibility rules say.</summary>
    public bool Force { get; init; }

    /// <summary>Why a body is none of a schema; null when it is one.</summary>
    public static RegistryFault? Refusal(JsonElement json)
    {
        if (Misfit(json) is { } misfit) return RegistryFault.BadRequest($"The member {misfit}");
        return JsonBody.Member(json, "ruleSet") is { } rules && RuleSet.Misfit(rules) is { } problem ? RegistryFault.InvalidRuleSet(problem) : null;
    }

    /// <summary>
    /// The first member of a wrong type, and what it must be: taken for absent it would silently register something else. Null when all fit.
    /// </summary>
    private static string? Misfit(JsonElement json)
    {
        foreach (var (name, kind) in Members)
            if (JsonBody.Member(json, name) is { } value && !Fits(value, kind)) return MustBe(name, kind);
        var index = 0;
        foreach (var reference in JsonBody.Items(json, "references"))
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"references[{index++}]");
            if (reference.ValueKind != JsonValueKind.Object) return MustBe(place, JsonValueKind.Object);
            foreach (var (name, kind) in ReferenceMembers)
                if (JsonBody.Member(reference, name) is not { } value || !Fits(value, kind)) return MustBe($"{place}.{name}", kind);
        }
        if (JsonBody.Member(json, "propagateSchemaTags") is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
            return "propagateSchemaTags of the request body must be true or false";
        if (JsonBody.Member(json, "metadata") is { } metadata && SchemaMetadata.Misfit(metadata, "metadata") is { } misfit) return misfit;
        return TaggedEntity.Misfit(json, "schemaTagsToAdd") ?? TaggedEntity.Misfit(json, "schemaTagsToRemove");
    }

    private static bool Fits(JsonElement value, JsonValueKind kind) =>
        value.ValueKind == kind && (kind != JsonValueKind.Number || value.TryGetInt32(out _));

    private static string MustBe(string name, JsonValueKind kind) => $"{name} of the request body must be {kind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "a whole number of 32 bits",
    }}";

    public static RegisterRequest Read(JsonElement json) => new()
    {
        Version = JsonBody.Integer(json, "version") ?? 0,
        Id = JsonBody.Integer(json, "id") is >= 0 and var id ? id : null,
        SchemaType = JsonBody.Text(json, "schemaType") is { Length: > 0 } type ? type : SchemaTypes.Avro,
        References = RecordValues.ReferencesOf(json),
        Metadata = JsonBody.Member(json, "metadata") is { } metadata ? SchemaMetadata.Read(metadata) : null,
        RuleSet = JsonBody.Member(json, "ruleSet") is { } ruleSet ? RuleSet.Read(ruleSet) : null,
        Schema = JsonBody.Text(json, "schema") ?? "",
        TagsToAdd = TaggedEntity.ReadAll(json, "schemaTagsToAdd"),
        TagsToRemove = TaggedEntity.ReadAll(json, "schemaTagsToRemove"),
        PropagatesTags = JsonBody.Boolean(json, "propagateSchemaTags") ?? false,
    };
}
