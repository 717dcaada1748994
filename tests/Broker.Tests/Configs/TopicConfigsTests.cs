using System.Collections.Immutable;
using Gateway.Broker.Configs;
using Gateway.Common.Records;

namespace Gateway.Broker.Tests.Configs;

public sealed class TopicConfigsTests
{
    /// <summary>Apache Kafka 4.4's topic configs with type and default: what tools expect to read back.</summary>
    [Theory]
    [InlineData("cleanup.policy", ConfigType.List, "delete")]
    [InlineData("compression.type", ConfigType.String, "producer")]
    [InlineData("compression.gzip.level", ConfigType.Int, "-1")]
    [InlineData("compression.lz4.level", ConfigType.Int, "9")]
    [InlineData("compression.zstd.level", ConfigType.Int, "3")]
    [InlineData("delete.retention.ms", ConfigType.Long, "86400000")]
    [InlineData("file.delete.delay.ms", ConfigType.Long, "60000")]
    [InlineData("flush.messages", ConfigType.Long, "9223372036854775807")]
    [InlineData("flush.ms", ConfigType.Long, "9223372036854775807")]
    [InlineData("index.interval.bytes", ConfigType.Int, "4096")]
    [InlineData("max.message.bytes", ConfigType.Int, "1048588")]
    [InlineData("message.timestamp.type", ConfigType.String, "CreateTime")]
    [InlineData("message.timestamp.before.max.ms", ConfigType.Long, "9223372036854775807")]
    [InlineData("message.timestamp.after.max.ms", ConfigType.Long, "3600000")]
    [InlineData("min.cleanable.dirty.ratio", ConfigType.Double, "0.5")]
    [InlineData("min.compaction.lag.ms", ConfigType.Long, "0")]
    [InlineData("max.compaction.lag.ms", ConfigType.Long, "9223372036854775807")]
    [InlineData("min.insync.replicas", ConfigType.Int, "1")]
    [InlineData("preallocate", ConfigType.Boolean, "false")]
    [InlineData("retention.bytes", ConfigType.Long, "-1")]
    [InlineData("retention.ms", ConfigType.Long, "604800000")]
    [InlineData("segment.bytes", ConfigType.Int, "1073741824")]
    [InlineData("segment.index.bytes", ConfigType.Int, "10485760")]
    [InlineData("segment.jitter.ms", ConfigType.Long, "0")]
    [InlineData("segment.ms", ConfigType.Long, "604800000")]
    [InlineData("unclean.leader.election.enable", ConfigType.Boolean, "false")]
    [InlineData("leader.replication.throttled.replicas", ConfigType.List, "")]
    [InlineData("follower.replication.throttled.replicas", ConfigType.List, "")]
    [InlineData("remote.storage.enable", ConfigType.Boolean, "false")]
    [InlineData("local.retention.ms", ConfigType.Long, "-2")]
    [InlineData("local.retention.bytes", ConfigType.Long, "-2")]
    [InlineData("remote.log.copy.disable", ConfigType.Boolean, "false")]
    [InlineData("remote.log.delete.on.disable", ConfigType.Boolean, "false")]
    [InlineData("errors.deadletterqueue.group.enable", ConfigType.Boolean, "false")]
    [InlineData("write.caching", ConfigType.Boolean, "false")]
    [InlineData("record.validation", ConfigType.String, "full")]
    [InlineData("confluent.key.schema.validation", ConfigType.Boolean, "false")]
    [InlineData("confluent.value.schema.validation", ConfigType.Boolean, "false")]
    [InlineData("confluent.key.subject.name.strategy", ConfigType.String, "io.confluent.kafka.serializers.subject.TopicNameStrategy")]
    [InlineData("confluent.value.subject.name.strategy", ConfigType.String, "io.confluent.kafka.serializers.subject.TopicNameStrategy")]
    [InlineData("redpanda.key.schema.id.validation", ConfigType.Boolean, "false")]
    [InlineData("redpanda.value.schema.id.validation", ConfigType.Boolean, "false")]
    [InlineData("redpanda.key.subject.name.strategy", ConfigType.String, "TopicNameStrategy")]
    [InlineData("redpanda.value.subject.name.strategy", ConfigType.String, "TopicNameStrategy")]
    [InlineData("schema.validation.mode", ConfigType.String, "id")]
    [InlineData("schema.validation.dead.letter.topic", ConfigType.String, "")]
    public void CFG_1_every_topic_config_has_kafkas_type_and_default(string name, ConfigType type, string value)
    {
        ConfigDefinition definition = TopicConfigs.All[name];
        Assert.Equal(type, definition.Type);
        Assert.Equal(value, definition.Default);
        Assert.NotEmpty(definition.Documentation);
        Assert.Null(definition.Problem(value));
    }

    [Fact]
    public void There_is_no_config_the_table_above_does_not_name() => Assert.Equal(46, TopicConfigs.All.Count);

    [Theory]
    [InlineData("cleanup.policy", "compact,delete", true)]
    [InlineData("cleanup.policy", "", true)]
    [InlineData("cleanup.policy", "archive", false)]
    [InlineData("compression.type", "brotli", false)]
    [InlineData("compression.gzip.level", "0", false)]
    [InlineData("compression.gzip.level", "9", true)]
    [InlineData("compression.zstd.level", "23", false)]
    [InlineData("flush.messages", "0", false)]
    [InlineData("max.compaction.lag.ms", "0", false)]
    [InlineData("max.message.bytes", "-1", false)]
    [InlineData("max.message.bytes", "2147483648", false)]
    [InlineData("max.message.bytes", "many", false)]
    [InlineData("min.cleanable.dirty.ratio", "1.1", false)]
    [InlineData("min.cleanable.dirty.ratio", "NaN", false)]
    [InlineData("min.insync.replicas", "0", false)]
    [InlineData("preallocate", "TRUE", true)]
    [InlineData("preallocate", "yes", false)]
    [InlineData("remote.storage.enable", "true", false)]
    [InlineData("retention.ms", "-1", true)]
    [InlineData("retention.ms", "-2", false)]
    [InlineData("segment.bytes", "1048576", true)]
    [InlineData("segment.bytes", "1048575", false)]
    [InlineData("segment.ms", "0", false)]
    [InlineData("confluent.value.schema.validation", "on", false)]
    [InlineData("confluent.value.subject.name.strategy", "io.confluent.kafka.serializers.subject.RecordNameStrategy", true)]
    [InlineData("confluent.value.subject.name.strategy", "com.example.RecordNameStrategy", false)]
    [InlineData("redpanda.key.subject.name.strategy", "TopicRecordNameStrategy", true)]
    [InlineData("redpanda.key.subject.name.strategy", "recordnamestrategy", false)]
    [InlineData("schema.validation.mode", "half", false)]
    public void Values_are_held_against_their_limits(string name, string value, bool legal) =>
        Assert.Equal(legal, TopicConfigs.All[name].Problem(value) is null);

    [Fact]
    public void CFG_2_a_value_longer_than_32767_characters_is_refused() =>
        Assert.NotNull(TopicConfigs.All["leader.replication.throttled.replicas"].Problem(new string('x', 32_768)));

    [Fact]
    public void A_topics_own_value_wins_over_the_broker_and_all_layers_show_as_synonyms()
    {
        EffectiveConfigs configs = Layers(
            broker: ("log.retention.ms", "4"), cluster: ("log.retention.ms", "3"), start: ("log.retention.hours", "1"));
        IReadOnlyList<ConfigValue> values = configs.TopicValues(TopicConfigs.All["retention.ms"], new Dictionary<string, string> { ["retention.ms"] = "5" });
        Assert.Equal(
            [
                new ConfigValue("retention.ms", "5", ConfigSource.DynamicTopic),
                new ConfigValue("log.retention.ms", "4", ConfigSource.DynamicBroker),
                new ConfigValue("log.retention.ms", "3", ConfigSource.DynamicDefaultBroker),
                new ConfigValue("log.retention.hours", "3600000", ConfigSource.StaticBroker),
                new ConfigValue("log.retention.hours", "604800000", ConfigSource.Default),
            ],
            values);
    }

    [Fact]
    public void A_negative_number_of_hours_means_for_ever_and_a_huge_one_does_not_overflow()
    {
        var hours = new ConfigSynonym("log.retention.hours", 3_600_000);
        Assert.Equal("-1", hours.Convert("-1"));
        Assert.Equal("9223372036854775807", hours.Convert("9223372036854775807"));
    }

    [Fact]
    public void The_rules_for_batches_and_the_settings_of_the_log_follow_the_configs()
    {
        TopicConfig config = TopicConfig.Read(EffectiveConfigs.None, new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact",
            ["compression.type"] = "zstd",
            ["max.message.bytes"] = "1000",
            ["message.timestamp.type"] = "LogAppendTime",
            ["retention.ms"] = "77",
            ["segment.bytes"] = "2097152",
            ["write.caching"] = "true",
            ["record.validation"] = "header",
        });
        Assert.True(config.Rules.IsCompacted);
        Assert.Equal(CompressionType.Zstd, config.Rules.Compression);
        Assert.Equal(3, config.Rules.CompressionLevel);
        Assert.Equal(1000, config.Rules.MaxMessageBytes);
        Assert.Equal(TimestampType.LogAppendTime, config.Rules.TimestampType);
        Assert.Equal(RecordValidation.Header, config.Rules.Validation);
        Assert.Equal(77, config.Log.RetentionMs);
        Assert.Equal(2_097_152, config.Log.SegmentBytes);
        Assert.False(config.Log.DeleteOldSegments);
        Assert.True(config.WriteCaching);
    }

    [Fact]
    public void The_index_interval_is_the_stores_own_until_somebody_sets_it()
    {
        Assert.Equal(32_768, TopicConfig.Read(EffectiveConfigs.None, new Dictionary<string, string>()).Log.IndexIntervalBytes);
        Assert.Equal(4096, TopicConfig.Read(EffectiveConfigs.None, new Dictionary<string, string> { ["index.interval.bytes"] = "4096" }).Log.IndexIntervalBytes);
    }

    [Fact]
    public void Every_supplier_of_a_topic_default_is_a_broker_config_that_may_be_altered_while_running()
    {
        foreach (ConfigSynonym synonym in TopicConfigs.All.Values.SelectMany(d => d.Synonyms))
            Assert.True(BrokerConfigs.All[synonym.Name].IsDynamic, synonym.Name);
    }

    private static EffectiveConfigs Layers((string, string) broker, (string, string) cluster, (string, string) start)
    {
        static ImmutableSortedDictionary<string, string> One((string Name, string Value) config) =>
            ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(config.Name, config.Value);
        return new EffectiveConfigs(One(broker), One(cluster), One(start));
    }
}
