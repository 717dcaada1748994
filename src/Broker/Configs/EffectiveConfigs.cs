using System.Collections.Immutable;

namespace Gateway.Broker.Configs;

/// <summary>One value a config has somewhere; the first of a list of them is the one in force.</summary>
/// <param name="Name">The name it is set under: the topic config's own or a broker synonym's.</param>
/// <param name="Value">The value as written there.</param>
/// <param name="Source">Where "there" is.</param>
public readonly record struct ConfigValue(string Name, string? Value, ConfigSource Source);

/// <summary>
/// What broker configs are set to, in three layers: while running for this broker, while running for all brokers, at start.
/// Immutable; part of the cluster image.
/// </summary>
/// <param name="DynamicBroker">Set for this broker while running.</param>
/// <param name="DynamicDefault">Set for every broker while running.</param>
/// <param name="Static">Given at start.</param>
public sealed record EffectiveConfigs(
    ImmutableSortedDictionary<string, string> DynamicBroker,
    ImmutableSortedDictionary<string, string> DynamicDefault,
    ImmutableSortedDictionary<string, string> Static)
{
    /// <summary>Nothing set anywhere.</summary>
    public static EffectiveConfigs None { get; } = new(
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>The value of a broker config in force.</summary>
    public string? Broker(string name) => BrokerValues(BrokerConfigs.All[name])[0].Value;

    /// <summary>A broker config that is a number.</summary>
    public long BrokerLong(string name) => ConfigValues.Long(Broker(name)!);

    /// <summary>A broker config that is a 32-bit number.</summary>
    public int BrokerInt(string name) => ConfigValues.Int(Broker(name)!);

    /// <summary>A broker config that is true or false.</summary>
    public bool BrokerBoolean(string name) => ConfigValues.Boolean(Broker(name)!);

    /// <summary>The values of a broker config, the one in force first; the default is always last.</summary>
    public IReadOnlyList<ConfigValue> BrokerValues(ConfigDefinition definition)
    {
        List<ConfigValue> values = [];
        AddSet(values, definition.Name);
        values.Add(new ConfigValue(definition.Name, definition.Default, ConfigSource.Default));
        return values;
    }

    /// <summary>The values of a topic config, the one in force first, in the topic config's own unit (CFG-1).</summary>
    public IReadOnlyList<ConfigValue> TopicValues(ConfigDefinition definition, IReadOnlyDictionary<string, string> overrides)
    {
        List<ConfigValue> values = [];
        if (overrides.TryGetValue(definition.Name, out string? own)) values.Add(new ConfigValue(definition.Name, own, ConfigSource.DynamicTopic));
        foreach (ConfigSynonym synonym in definition.Synonyms)
        {
            int before = values.Count;
            AddSet(values, synonym.Name);
            for (int i = before; i < values.Count; i++) values[i] = values[i] with { Value = synonym.Convert(values[i].Value!) };
        }
        string defaultName = definition.Synonyms.Count == 0 ? definition.Name : definition.Synonyms[^1].Name;
        values.Add(new ConfigValue(defaultName, definition.Default, ConfigSource.Default));
        return values;
    }

    private void AddSet(List<ConfigValue> values, string name)
    {
        if (DynamicBroker.TryGetValue(name, out string? value)) values.Add(new ConfigValue(name, value, ConfigSource.DynamicBroker));
        if (DynamicDefault.TryGetValue(name, out value)) values.Add(new ConfigValue(name, value, ConfigSource.DynamicDefaultBroker));
        if (Static.TryGetValue(name, out value)) values.Add(new ConfigValue(name, value, ConfigSource.StaticBroker));
    }
}
