using Gateway.Broker.Configs;
using Gateway.Common.Records;

namespace Gateway.Broker.Tests.Configs;

/// <summary>The settings of schema validation under both families' names (schema-registry 5).</summary>
public sealed class SchemaConfigsTests
{
    private static SchemaRules? Read(params (string Name, string Value)[] overrides) =>
        TopicConfig.Read(EffectiveConfigs.None, overrides.ToDictionary(o => o.Name, o => o.Value)).Schemas;

    [Fact]
    public void A_topic_that_asks_for_no_schemas_has_no_rules_for_them() =>
        Assert.Null(Read(("schema.validation.mode", "full"), ("confluent.value.schema.validation", "false"), ("redpanda.key.subject.name.strategy", "RecordNameStrategy")));

    [Theory]
    [InlineData("confluent.value.schema.validation", "confluent.value.subject.name.strategy", "io.confluent.kafka.serializers.subject.RecordNameStrategy")]
    [InlineData("redpanda.value.schema.id.validation", "redpanda.value.subject.name.strategy", "RecordNameStrategy")]
    [InlineData("confluent.value.schema.validation", "redpanda.value.subject.name.strategy", "RecordNameStrategy")]
    public void Both_families_names_mean_the_same(string validation, string strategy, string name)
    {
        Assert.Equal(new SchemaRules { Value = SubjectNaming.TopicName }, Read((validation, "true")));
        Assert.Equal(new SchemaRules { Value = SubjectNaming.RecordName }, Read((validation, "true"), (strategy, name)));
    }

    [Fact]
    public void Keys_have_settings_of_their_own() => Assert.Equal(
        new SchemaRules { Key = SubjectNaming.TopicRecordName, ReadsData = true, DeadLetterTopic = "dead" },
        Read(
            ("confluent.key.schema.validation", "true"), ("redpanda.key.subject.name.strategy", "TopicRecordNameStrategy"),
            ("schema.validation.mode", "full"), ("schema.validation.dead.letter.topic", "dead")));

    [Theory]
    [InlineData("confluent.value.schema.validation", "true", "redpanda.value.schema.id.validation", "false", true)]
    [InlineData("confluent.value.schema.validation", "true", "redpanda.value.schema.id.validation", "TRUE", false)]
    [InlineData("confluent.key.subject.name.strategy", "TopicNameStrategy", "redpanda.key.subject.name.strategy", "RecordNameStrategy", true)]
    [InlineData("confluent.key.subject.name.strategy", "io.confluent.kafka.serializers.subject.RecordNameStrategy", "redpanda.key.subject.name.strategy", "RecordNameStrategy", false)]
    public void Two_names_that_contradict_each_other_are_refused(string one, string value, string other, string otherValue, bool contradict)
    {
        string? problem = ConfigChecks.TopicProblem(EffectiveConfigs.None, new Dictionary<string, string> { [one] = value, [other] = otherValue });
        if (contradict) Assert.Contains($"{one} is {value} and {other}", problem, StringComparison.Ordinal);
        else Assert.Null(problem);
    }
}
