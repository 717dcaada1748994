using Gateway.Common.Records;
using static Gateway.Broker.Configs.ConfigValues;

namespace Gateway.Broker.Configs;

/// <summary>
/// The topic configs of schema validation (schema-registry 5). Confluent's and Redpanda's names mean the same; a topic may be set under either.
/// </summary>
internal static class SchemaConfigs
{
    private const string Confluents = "io.confluent.kafka.serializers.subject.";

    private static readonly (string Name, SubjectNaming Naming)[] Strategies =
    [
        ("TopicNameStrategy", SubjectNaming.TopicName), ("RecordNameStrategy", SubjectNaming.RecordName),
        ("TopicRecordNameStrategy", SubjectNaming.TopicRecordName),
    ];

    private static readonly Side KeySide = new(
        TopicConfigs.ConfluentKeyValidation, TopicConfigs.RedpandaKeyValidation, TopicConfigs.ConfluentKeyNaming, TopicConfigs.RedpandaKeyNaming);

    private static readonly Side ValueSide = new(
        TopicConfigs.ConfluentValueValidation, TopicConfigs.RedpandaValueValidation, TopicConfigs.ConfluentValueNaming, TopicConfigs.RedpandaValueNaming);

    public static IEnumerable<ConfigDefinition> Define()
    {
        foreach ((Side side, string part) in new[] { (KeySide, "key"), (ValueSide, "value") })
        {
            foreach (string name in new[] { side.Confluent, side.Redpanda })
                yield return new ConfigDefinition(name, ConfigType.Boolean, "false", $"Refuse records whose {part} names no schema of the topic's subject.");
            const string how = "How that subject is named: by the topic, by the record's type or by both.";
            yield return new ConfigDefinition(side.ConfluentNaming, ConfigType.String, Confluents + Strategies[0].Name, how) { Constraint = NamingProblem };
            yield return new ConfigDefinition(side.RedpandaNaming, ConfigType.String, Strategies[0].Name, how) { Constraint = NamingProblem };
        }
        yield return new ConfigDefinition(
            TopicConfigs.SchemaValidationMode, ConfigType.String, "id",
            "Where schemas are validated, what is looked at: the schema's id, or in full the data as well, which is decoded.")
        {
            Constraint = OneOf("id", "full"),
        };
        yield return new ConfigDefinition(
            TopicConfigs.SchemaValidationDeadLetterTopic, ConfigType.String, "",
            "Where schemas are validated, the topic that takes the records that do not fit; empty refuses the batches they came in.");
    }

    /// <summary>What a topic demands; null when it validates nothing.</summary>
    public static SchemaRules? Read(EffectiveConfigs configs, IReadOnlyDictionary<string, string> overrides)
    {
        SubjectNaming? key = KeySide.Read(overrides), value = ValueSide.Read(overrides);
        if (key is null && value is null) return null;
        string InForce(string name) => configs.TopicValues(TopicConfigs.All[name], overrides)[0].Value!;
        return new SchemaRules
        {
            Key = key,
            Value = value,
            ReadsData = InForce(TopicConfigs.SchemaValidationMode) == "full",
            DeadLetterTopic = InForce(TopicConfigs.SchemaValidationDeadLetterTopic) is { Length: > 0 } topic ? topic : null,
        };
    }

    /// <summary>Says where two names of one thing are set to different values; null when none are.</summary>
    public static string? Problem(IReadOnlyDictionary<string, string> overrides) => KeySide.Problem(overrides) ?? ValueSide.Problem(overrides);

    private static SubjectNaming? NamingOf(string value)
    {
        string name = value.StartsWith(Confluents, StringComparison.Ordinal) ? value[Confluents.Length..] : value;
        foreach ((string strategy, SubjectNaming naming) in Strategies)
            if (name == strategy) return naming;
        return null;
    }

    private static string? NamingProblem(string value) =>
        NamingOf(value) is null ? $"must be {string.Join(", ", Strategies.Select(strategy => strategy.Name))}, or that in {Confluents[..^1]}" : null;

    /// <summary>The names of what is set for keys or for values.</summary>
    private sealed record Side(string Confluent, string Redpanda, string ConfluentNaming, string RedpandaNaming)
    {
        public SubjectNaming? Read(IReadOnlyDictionary<string, string> overrides)
        {
            if (!IsOn(overrides, Confluent) && !IsOn(overrides, Redpanda)) return null;
            string? naming = overrides.GetValueOrDefault(ConfluentNaming) ?? overrides.GetValueOrDefault(RedpandaNaming);
            return naming is null ? SubjectNaming.TopicName : NamingOf(naming);
        }

        public string? Problem(IReadOnlyDictionary<string, string> overrides) =>
            AreDifferent(overrides, Confluent, Redpanda, Boolean) ?? AreDifferent(overrides, ConfluentNaming, RedpandaNaming, NamingOf);

        private static bool IsOn(IReadOnlyDictionary<string, string> overrides, string name) =>
            overrides.TryGetValue(name, out string? value) && Boolean(value);

        private static string? AreDifferent<T>(IReadOnlyDictionary<string, string> overrides, string one, string other, Func<string, T> read) =>
            overrides.TryGetValue(one, out string? first) && overrides.TryGetValue(other, out string? second) && !Equals(read(first), read(second))
                ? $"{one} is {first} and {other}, which means the same, is {second}"
                : null;
    }
}
