using Gateway.Broker.Configs;

namespace Gateway.Broker.Cluster.Decisions;

/// <summary>
/// What the settings of topics may be in which the broker, and services beside it, keep what they know. Under others it would be lost, or could not
/// be kept any more.
/// </summary>
/// <param name="ofServices">The topics of services.</param>
public sealed class KeptTopics(IReadOnlySet<string> ofServices)
{
    // What was taken so far has to be taken again, and whoever reads such a topic from its start has to come by each tombstone in time.
    private static readonly string[] s_notSmaller = [TopicConfigs.MaxMessageBytes, TopicConfigs.DeleteRetentionMs];

    /// <summary>Says what is wrong with a change of a topic's configs; null when nothing is.</summary>
    /// <param name="configs">Those of the broker.</param>
    /// <param name="topic">The topic as it is.</param>
    /// <param name="changed">What is to change.</param>
    /// <param name="after">All that will be set then.</param>
    public string? Problem(
        EffectiveConfigs configs, TopicImage topic, IReadOnlyDictionary<string, string?> changed, IReadOnlyDictionary<string, string> after)
    {
        if (!topic.IsInternal && !ofServices.Contains(topic.Name)) return null;
        if (changed.ContainsKey(TopicConfigs.CleanupPolicy) && !IsCompacted(after))
            return $"{TopicConfigs.CleanupPolicy} of {topic.Name} has to be set to compact: what is kept there would be lost";
        if (changed.ContainsKey(TopicConfigs.WriteCaching) && ConfigValues.Boolean(Value(configs, TopicConfigs.WriteCaching, after)))
            return $"{TopicConfigs.WriteCaching} of {topic.Name} cannot be switched on: a power cut could take what was acknowledged";
        foreach (string name in s_notSmaller)
        {
            long least = Math.Min(ConfigValues.Long(Value(configs, name, topic.Overrides)), ConfigValues.Long(TopicConfigs.All[name].Default!));
            if (changed.ContainsKey(name) && ConfigValues.Long(Value(configs, name, after)) < least)
                return $"{name} of {topic.Name} has to be {least} at least: what is kept there could not be written, or not be read whole";
        }
        return SchemaConfigs.Read(configs, topic.Overrides) is null && SchemaConfigs.Read(configs, after) is not null
            ? $"Records of {topic.Name} have no schemas that could be validated"
            : null;
    }

    /// <summary>Says what is wrong with the configs of a topic of the broker's own that somebody else makes; null when nothing is.</summary>
    public static string? ProblemOfNew(string name, IReadOnlyDictionary<string, string> configs)
    {
        if (name is not (TopicName.ConsumerOffsets or TopicName.TransactionState)) return null;
        if (!IsCompacted(configs)) return $"{name} has to be made with {TopicConfigs.CleanupPolicy} set to compact: what is kept there would be lost";
        return configs.TryGetValue(TopicConfigs.WriteCaching, out string? caching) && ConfigValues.Boolean(caching)
            ? $"{name} cannot be made with {TopicConfigs.WriteCaching}: a power cut could take what was acknowledged"
            : null;
    }

    /// <summary>Whether the topic itself says so, since the broker's default may change, and nothing beside it: time or size would cut it.</summary>
    private static bool IsCompacted(IReadOnlyDictionary<string, string> configs) =>
        configs.TryGetValue(TopicConfigs.CleanupPolicy, out string? policy) && ConfigValues.List(policy) is ["compact"];

    private static string Value(EffectiveConfigs configs, string name, IReadOnlyDictionary<string, string> overrides) =>
        configs.TopicValues(TopicConfigs.All[name], overrides)[0].Value!;
}
