using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Schemas;
using Gateway.SchemaRegistry.Model;
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

    /// <summary>Registers whatever the compatibility rules say.</summary>
    public bool Force { get; init; }

    /// <summary>The first member of a wrong type: taken for absent it would silently register something else. Null when all fit.</summary>
    public static string? Misfit(JsonElement json)
    {
        foreach (var (name, kind) in Members)
        {
            if (JsonBody.Member(json, name) is not { } value) continue;
            if (value.ValueKind != kind || (kind == JsonValueKind.Number && !value.TryGetInt32(out _))) return name;
            if (kind == JsonValueKind.Array && value.EnumerateArray().Any(static item => item.ValueKind != JsonValueKind.Object)) return name;
        }
        return null;
    }

    public static RegisterRequest Read(JsonElement json) => new()
    {
        Version = JsonBody.Integer(json, "version") ?? 0,
        Id = JsonBody.Integer(json, "id") is > 0 and var id ? id : null,
        SchemaType = JsonBody.Text(json, "schemaType") is { Length: > 0 } type ? type : SchemaTypes.Avro,
        References = RecordValues.ReadReferences(json),
        Metadata = JsonBody.Member(json, "metadata") is { } metadata ? SchemaMetadata.Read(metadata) : null,
        RuleSet = JsonBody.Member(json, "ruleSet") is { } ruleSet ? RuleSet.Read(ruleSet) : null,
        Schema = JsonBody.Text(json, "schema") ?? "",
    };
}
