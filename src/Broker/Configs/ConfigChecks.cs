namespace Gateway.Broker.Configs;

/// <summary>Are a topic's configs, taken together, ones it may have? Each value on its own is the definition's matter.</summary>
public static class ConfigChecks
{
    /// <summary>Says what is wrong with a topic's whole set of overrides; null when nothing is (CFG-2: validated as a whole).</summary>
    public static string? TopicProblem(EffectiveConfigs configs, IReadOnlyDictionary<string, string> overrides)
    {
        foreach ((string name, string value) in overrides)
        {
            if (!TopicConfigs.All.TryGetValue(name, out ConfigDefinition? definition)) return $"Unknown topic config name: {name}";
            if (definition.Problem(value) is { } problem) return problem;
        }
        long Long(string name) => ConfigValues.Long(configs.TopicValues(TopicConfigs.All[name], overrides)[0].Value!);
        if (Long(TopicConfigs.MaxCompactionLagMs) < Long(TopicConfigs.MinCompactionLagMs))
            return $"{TopicConfigs.MaxCompactionLagMs} must not be below {TopicConfigs.MinCompactionLagMs}";
        return SchemaConfigs.Problem(overrides);
    }

    /// <summary>Says what is wrong with the value of a broker config; null when nothing is.</summary>
    public static string? BrokerProblem(string name, string value) =>
        BrokerConfigs.All.TryGetValue(name, out ConfigDefinition? definition) ? definition.Problem(value) : $"Unknown broker config name: {name}";
}
