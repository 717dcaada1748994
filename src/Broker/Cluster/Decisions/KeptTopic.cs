using System.Collections.Immutable;
using System.Globalization;
using Gateway.Broker.Configs;

namespace Gateway.Broker.Cluster.Decisions;

/// <summary>
/// What the settings may be of a topic in which the broker, or a service beside it, keeps what it knows: under others it would be lost, or could not be
/// kept any more. Those it depends on are set on the topic itself, so that no default of the broker's decides over them.
/// </summary>
/// <param name="Name">The topic's name.</param>
/// <param name="Replicas">How many replicas it has.</param>
/// <param name="LargestBatch">The largest batch it has to take.</param>
/// <param name="LeastSegment">How large its segments have to be at least.</param>
public sealed record KeptTopic(string Name, short Replicas, int LargestBatch, int LeastSegment)
{
    private const string Compact = "compact";

    // What is kept has to be taken, whenever it was written first; and whoever reads it from its start has to come by each tombstone in time.
    private static readonly string[] s_notLess =
    [
        TopicConfigs.MaxMessageBytes, TopicConfigs.SegmentBytes, TopicConfigs.DeleteRetentionMs, TopicConfigs.MessageTimestampBeforeMaxMs,
        TopicConfigs.MessageTimestampAfterMaxMs,
    ];

    private static readonly string[] s_set =
        [
        TopicConfigs.CleanupPolicy, TopicConfigs.CompressionType, TopicConfigs.MessageTimestampType, TopicConfigs.MinInsyncReplicas,
        TopicConfigs.MinCompactionLagMs, TopicConfigs.MaxCompactionLagMs, .. s_notLess,
    ];

    /// <summary>The settings that have to be the topic's own, are not among <paramref name="overrides"/>, and what they are then.</summary>
    public IEnumerable<KeyValuePair<string, string>> Missing(EffectiveConfigs configs, IReadOnlyDictionary<string, string> overrides) =>
        from name in s_set where !overrides.ContainsKey(name) select KeyValuePair.Create(name, Right(configs, name));

    /// <summary>Says what is wrong with the settings of the topic; null when nothing is.</summary>
    public string? Problem(IReadOnlyDictionary<string, string> overrides) =>
        overrides.Select(setting => Problem(setting.Key, setting.Value)).FirstOrDefault(static problem => problem is not null);

    /// <summary>What to change where somebody, or an older version, has set the topic otherwise; nothing when it is right.</summary>
    public IReadOnlyDictionary<string, string?> Mending(EffectiveConfigs configs, ImmutableSortedDictionary<string, string> overrides)
    {
        string[] wrong = [.. overrides.Where(setting => Problem(setting.Key, setting.Value) is not null).Select(static setting => setting.Key)];
        var changes = wrong.ToDictionary(static name => name, static _ => (string?)null, StringComparer.Ordinal);
        foreach ((string name, string value) in Missing(configs, overrides.RemoveRange(wrong))) changes[name] = value;
        return changes;
    }

    private string? Problem(string name, string value)
    {
        switch (name)
        {
            // Nothing beside it: time or size would cut the topic.
            case TopicConfigs.CleanupPolicy when ConfigValues.List(value) is not [Compact]:
                return $"{name} of {Name} has to be {Compact}: what is kept there would be lost";
            case TopicConfigs.WriteCaching when ConfigValues.Boolean(value):
                return $"{name} of {Name} cannot be switched on: a power cut could take what was acknowledged";
            case TopicConfigs.MinInsyncReplicas when ConfigValues.Int(value) > Replicas:
                return string.Create(CultureInfo.InvariantCulture, $"{name} of {Name} has to be {Replicas} at most: it has no more replicas, and nothing could be kept there");
            case TopicConfigs.ConfluentKeyValidation or TopicConfigs.ConfluentValueValidation or TopicConfigs.RedpandaKeyValidation or TopicConfigs.RedpandaValueValidation
                when ConfigValues.Boolean(value):
                return $"{name} of {Name} cannot be switched on: its records have no schemas that could be validated";
            default:
                return s_notLess.Contains(name) && ConfigValues.Long(value) < Least(name)
                    ? $"{name} of {Name} has to be {ConfigValues.Text(Least(name))} at least: what is kept there could not be written, or not be read whole"
                    : null;
        }
    }

    private string Right(EffectiveConfigs configs, string name)
    {
        ConfigDefinition definition = TopicConfigs.All[name];
        string inForce = configs.TopicValues(definition, ImmutableSortedDictionary<string, string>.Empty)[0].Value!;
        return name switch
        {
            TopicConfigs.CleanupPolicy => Compact,
            // As it is written: what it is called for elsewhere may need a library that is not there, or take other times than the records' own.
            TopicConfigs.CompressionType or TopicConfigs.MessageTimestampType => definition.Default!,
            // Together: of two defaults that do not go with each other no topic can be made.
            TopicConfigs.MinCompactionLagMs or TopicConfigs.MaxCompactionLagMs => definition.Default!,
            TopicConfigs.MinInsyncReplicas => ConfigValues.Text(Math.Min(ConfigValues.Int(inForce), Replicas)),
            _ => ConfigValues.Text(Math.Max(ConfigValues.Long(inForce), Least(name))),
        };
    }

    private long Least(string name) => name switch
    {
        TopicConfigs.MaxMessageBytes => LargestBatch,
        TopicConfigs.SegmentBytes => LeastSegment,
        _ => ConfigValues.Long(TopicConfigs.All[name].Default!),
    };
}
