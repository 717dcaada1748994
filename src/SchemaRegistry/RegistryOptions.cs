using Gateway.Schemas;
using Gateway.Schemas.Compatibility;

namespace Gateway.SchemaRegistry;

/// <summary>The registry's settings.</summary>
public sealed record RegistryOptions
{
    /// <summary>Name of the topic that holds everything.</summary>
    public string TopicName { get; init; } = "_schemas";

    /// <summary>Replication factor of the topic when it is created; −1 leaves it to the broker.</summary>
    public short ReplicationFactor { get; init; } = -1;

    /// <summary>Level that holds where none is set.</summary>
    public CompatibilityLevel DefaultCompatibility { get; init; } = CompatibilityLevel.Backward;

    /// <summary>Whether modes may be changed.</summary>
    public bool ModeMutable { get; init; } = true;

    /// <summary>
    /// Error code of an incompatible registration: 409, or 40901 as newer registries have it. The HTTP status is 409 either way.
    /// </summary>
    public int IncompatibleErrorCode { get; init; } = 409;

    /// <summary>Whether schemas are normalised where no config says.</summary>
    public bool Normalize { get; init; }

    /// <summary>Whether names and defaults of new schemas are checked where no config says.</summary>
    public bool ValidateNewSchemas { get; init; } = true;

    /// <summary>Whether reserved fields are kept free where no config says.</summary>
    public bool ValidateFields { get; init; }

    /// <summary>Whether rules are refused whose expressions do not parse, where no config says.</summary>
    public bool ValidateRules { get; init; }

    /// <summary>
    /// Whether a schema is refused whose references lead, one way or another, to two versions under one name; otherwise the first that is met counts.
    /// </summary>
    public bool StrictReferenceVersions { get; init; }

    /// <summary>Whether a subject's name may be empty.</summary>
    public bool AllowsEmptyNames { get; init; } = true;

    /// <summary>Most schemas, or associations, in one answer.</summary>
    public PageLimits SchemaPages { get; init; } = new(1000, 1000);

    /// <summary>Most items of any other list in one answer.</summary>
    public PageLimits OtherPages { get; init; } = new(int.MaxValue, int.MaxValue);

    /// <summary>Most contexts. What has no context in its name is looked for in each of them.</summary>
    public int MaxContexts { get; init; } = 10_000;

    /// <summary>Longest schema text taken, in UTF-8 bytes.</summary>
    public int MaxSchemaBytes { get; init; } = 1024 * 1024;

    /// <summary>Most associations of subjects with topics.</summary>
    public int MaxAssociations { get; init; } = 100_000;

    /// <summary>How often associations are held against the topics there are.</summary>
    public TimeSpan TopicSweepInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest request body taken.</summary>
    public int MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Request bodies held in memory at a time, from their first byte until they are answered; beyond it requests are refused with 429. An
    /// eighth is for those of up to 64 KiB.
    /// </summary>
    public long MaxBufferedBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>A request body of more than 64 KiB must get on by 64 KiB in each such period, or it is refused with 408.</summary>
    public TimeSpan BodyStallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A client must take 64 KiB of a long list in each such period, or its connection is cut.</summary>
    public TimeSpan ReaderStallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a write may take until it is read back.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What a request may take of parses and comparisons in all, in the units of its <see cref="Budget"/>; beyond it, it is refused (422).
    /// </summary>
    public long MaxRequestSteps { get; init; } = 100_000_000;

    /// <summary>Limits of every parse and comparison.</summary>
    public SchemaBudget Budget { get; init; } = SchemaBudget.Default;
}
