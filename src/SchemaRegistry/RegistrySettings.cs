using System.Globalization;
using Gateway.Common.Settings;
using Gateway.Schemas.Compatibility;

namespace Gateway.SchemaRegistry;

/// <summary>
/// Every setting of the registry by name, which is Confluent's behind <c>schema.registry.</c> where it has one. What each means in full is said at its
/// member of <see cref="RegistryOptions"/>.
/// </summary>
public static class RegistrySettings
{
    private const int GiB = 1 << 30;

    private static readonly OptionSettings<RegistryOptions> s_kinds = new("schema.registry.", new RegistryOptions());

    /// <summary>The settings, in the order the documentation lists them.</summary>
    public static IReadOnlyList<OptionSetting<RegistryOptions>> All { get; } =
    [
        s_kinds.Text("kafkastore.topic", "Topic that holds everything.", "a topic's name", IsTopic, static o => o.TopicName, static (o, text) => o with { TopicName = text }),
        s_kinds.Number("kafkastore.topic.replication.factor", "Its replication factor when it is created; -1 leaves it to the broker.", -1, short.MaxValue,
            static o => o.ReplicationFactor, static (o, n) => o with { ReplicationFactor = (short)n }),
        s_kinds.Time("kafkastore.timeout.ms", "How long a write may take until it is read back.", static o => o.WriteTimeout, static (o, t) => o with { WriteTimeout = t }),
        s_kinds.Text("schema.compatibility.level", "Compatibility level where none is set.", "one of the seven levels", static text => CompatibilityLevels.Parse(text) is not null,
            static o => CompatibilityLevels.NameOf(o.DefaultCompatibility), static (o, text) => o with { DefaultCompatibility = CompatibilityLevels.Parse(text)!.Value }),
        s_kinds.Flag("mode.mutability", "Whether modes may be changed.", static o => o.ModeMutable, static (o, on) => o with { ModeMutable = on }),
        s_kinds.Flag("schema.normalize", "Normalise schemas where no config says.", static o => o.Normalize, static (o, on) => o with { Normalize = on }),
        s_kinds.Flag("schema.validate.new.schemas", "Check names and defaults of new schemas where no config says.",
            static o => o.ValidateNewSchemas, static (o, on) => o with { ValidateNewSchemas = on }),
        s_kinds.Flag("schema.validate.fields", "Keep reserved fields free where no config says.",
            static o => o.ValidateFields, static (o, on) => o with { ValidateFields = on }),
        s_kinds.Flag("schema.validate.rules", "Refuse rules whose expressions do not parse where no config says.",
            static o => o.ValidateRules, static (o, on) => o with { ValidateRules = on }),
        s_kinds.Flag("reference.versions.strict", "Refuse schemas whose references lead to two versions under one name.",
            static o => o.StrictReferenceVersions, static (o, on) => o with { StrictReferenceVersions = on }),
        s_kinds.Flag("subject.name.empty", "Whether a subject's name may be empty.", static o => o.AllowsEmptyNames, static (o, on) => o with { AllowsEmptyNames = on }),
        s_kinds.Number("incompatible.error.code", "Error code of an incompatible schema; 40901 as Confluent's newer releases have it.", 409, 40901,
            static o => o.IncompatibleErrorCode, static (o, n) => o with { IncompatibleErrorCode = (int)n }) with { Problem = ErrorCodeProblem },
        s_kinds.Number("schema.max.bytes", "Longest schema.", 1, GiB, static o => o.MaxSchemaBytes, static (o, n) => o with { MaxSchemaBytes = (int)n }),
        s_kinds.Number("max.request.bytes", "Largest request body.", 1024, GiB, static o => o.MaxBodyBytes, static (o, n) => o with { MaxBodyBytes = (int)n }),
        s_kinds.Number("max.buffered.request.bytes", "All request bodies held in memory at a time; beyond it 429.", 1 << 20, 1L << 40,
            static o => o.MaxBufferedBodyBytes, static (o, n) => o with { MaxBufferedBodyBytes = n }),
        s_kinds.Time("body.stall.timeout.ms", "A large body must get on by 64 KiB in this time.", static o => o.BodyStallTimeout, static (o, t) => o with { BodyStallTimeout = t }),
        s_kinds.Time("reader.stall.timeout.ms", "A client must take 64 KiB of a long list in this time.",
            static o => o.ReaderStallTimeout, static (o, t) => o with { ReaderStallTimeout = t }),
        s_kinds.Number("schema.search.default.limit", "Schemas in one answer where `limit` does not say.", 1, int.MaxValue,
            static o => o.SchemaPages.Default, static (o, n) => o with { SchemaPages = o.SchemaPages with { Default = (int)n } }),
        s_kinds.Number("schema.search.max.limit", "Schemas in one answer at most.", 1, int.MaxValue,
            static o => o.SchemaPages.Max, static (o, n) => o with { SchemaPages = o.SchemaPages with { Max = (int)n } }),
        s_kinds.Number("search.default.limit", "Items of any other list where `limit` does not say.", 1, int.MaxValue,
            static o => o.OtherPages.Default, static (o, n) => o with { OtherPages = o.OtherPages with { Default = (int)n } }),
        s_kinds.Number("search.max.limit", "Items of any other list at most.", 1, int.MaxValue,
            static o => o.OtherPages.Max, static (o, n) => o with { OtherPages = o.OtherPages with { Max = (int)n } }),
        s_kinds.Number("max.request.steps", "Types visited and pairs compared for one request; beyond it 422.", 1, long.MaxValue,
            static o => o.MaxRequestSteps, static (o, n) => o with { MaxRequestSteps = n }),
        s_kinds.Number("max.contexts", "Contexts at most; a registration that would begin another is 42205.", 1, int.MaxValue,
            static o => o.MaxContexts, static (o, n) => o with { MaxContexts = (int)n }),
        s_kinds.Number("max.associations", "Associations of subjects with topics at most.", 0, int.MaxValue,
            static o => o.MaxAssociations, static (o, n) => o with { MaxAssociations = (int)n }),
        s_kinds.Time("association.sweep.interval.ms", "How often associations are held against the topics there are.",
            static o => o.TopicSweepInterval, static (o, t) => o with { TopicSweepInterval = t }),
        s_kinds.Flag("leader.eligibility", "Taken and without effect: no registry leads, all of them write.", static _ => true, static (o, _) => o),
    ];

    /// <summary>The options that values without a problem come to.</summary>
    /// <exception cref="KeyNotFoundException">No setting has that name.</exception>
    public static RegistryOptions Read(IEnumerable<KeyValuePair<string, string>> values) => s_kinds.Read(All, values);

    private static string? ErrorCodeProblem(string text) =>
        text is "409" or "40901" ? null : string.Create(CultureInfo.InvariantCulture, $"schema.registry.incompatible.error.code must be 409 or 40901, not '{text}'");

    private static bool IsTopic(string text) =>
        text is { Length: > 0 and <= 249 } and not ("." or "..") && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}
