using System.Globalization;
using Gateway.Broker.Configs;
using Gateway.Common.Errors;

namespace Gateway.Broker.Cluster.Decisions;

/// <summary>What an alteration does with a config. The numbers are Kafka's.</summary>
public enum ConfigOperation : sbyte
{
    /// <summary>Replace the value.</summary>
    Set = 0,
    /// <summary>Fall back to the default.</summary>
    Delete = 1,
    /// <summary>Add words to a list.</summary>
    Append = 2,
    /// <summary>Take words out of a list.</summary>
    Subtract = 3,
}

/// <summary>One config to alter.</summary>
/// <param name="Name">Which.</param>
/// <param name="Operation">How; any byte a client may send.</param>
/// <param name="Value">To what.</param>
public readonly record struct WantedConfig(string Name, ConfigOperation Operation, string? Value);

/// <summary>A resource and what to alter on it.</summary>
/// <param name="Type">Topic or broker; any byte a client may send.</param>
/// <param name="Name">The topic's name; the broker's number, or empty for all brokers.</param>
/// <param name="Configs">What to alter.</param>
public sealed record WantedConfigs(ConfigResourceType Type, string Name, IReadOnlyList<WantedConfig> Configs);

/// <summary>What became of it: all of a resource's alterations or none.</summary>
/// <param name="Type">The resource's type.</param>
/// <param name="Name">The resource's name.</param>
/// <param name="Error">None when everything was set.</param>
/// <param name="Message">For people; null without an error.</param>
public sealed record AlteredConfigs(ConfigResourceType Type, string Name, ErrorCode Error, string? Message);

/// <summary>Which configs may be altered (kafka: IncrementalAlterConfigs, CFG-2).</summary>
/// <param name="dropsRetiredConfigs">True: configs that Kafka retired are ignored; false: they are refused like any unknown one.</param>
/// <param name="kept">Topics whose settings decide over what the broker and services beside it know: what they need stays set on them.</param>
public sealed class AlterConfigs(bool dropsRetiredConfigs, KeptTopics kept)
{
    /// <summary>Judges each resource.</summary>
    public Decision<IReadOnlyList<AlteredConfigs>> Decide(ClusterImage image, IReadOnlyList<WantedConfigs> wanted, bool validateOnly)
    {
        List<MetadataRecord> records = [];
        List<AlteredConfigs> outcomes = [];
        foreach (IGrouping<(ConfigResourceType, string), WantedConfigs> same in wanted.GroupBy(w => (w.Type, w.Name)))
        {
            WantedConfigs resource = same.First();
            (ErrorCode error, string? message) = same.Count() > 1
                ? (ErrorCode.InvalidRequest, "Resource stands more than once in the request")
                : Judge(image, resource, records);
            outcomes.Add(new AlteredConfigs(resource.Type, resource.Name, error, message));
        }
        return new Decision<IReadOnlyList<AlteredConfigs>>(validateOnly ? [] : records, outcomes);
    }

    private (ErrorCode, string?) Judge(ClusterImage image, WantedConfigs resource, List<MetadataRecord> records)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (WantedConfig config in resource.Configs)
        {
            if (!names.Add(config.Name)) return (ErrorCode.InvalidRequest, $"Config {config.Name} stands more than once");
            if (!Enum.IsDefined(config.Operation)) return (ErrorCode.InvalidRequest, $"Unknown operation {(sbyte)config.Operation}");
            if (config.Value is null && config.Operation != ConfigOperation.Delete)
                return (ErrorCode.InvalidRequest, $"Null value not supported for {config.Name}");
        }
        return resource.Type switch
        {
            ConfigResourceType.Topic => JudgeTopic(image, resource, records),
            ConfigResourceType.Broker => JudgeBroker(image, resource, records),
            _ => (ErrorCode.InvalidRequest, $"Configs of resource type {(sbyte)resource.Type} cannot be altered here"),
        };
    }

    private (ErrorCode, string?) JudgeTopic(ClusterImage image, WantedConfigs resource, List<MetadataRecord> records)
    {
        if (!image.TryGetTopic(resource.Name, out TopicImage? topic))
            return (ErrorCode.UnknownTopicOrPartition, $"The topic '{resource.Name}' does not exist");
        Dictionary<string, string?> changes = new(StringComparer.Ordinal);
        foreach (WantedConfig config in resource.Configs)
        {
            if (dropsRetiredConfigs && TopicConfigs.Retired.Contains(config.Name)) continue;
            if (!TopicConfigs.All.TryGetValue(config.Name, out ConfigDefinition? definition))
                return (ErrorCode.InvalidConfig, $"Unknown topic config name: {config.Name}");
            string current = image.Configs.TopicValues(definition, topic.Overrides)[0].Value!;
            if (!TryChange(definition, config, current, changes, out string? problem)) return (ErrorCode.InvalidConfig, problem);
        }
        var after = topic.Overrides;
        foreach ((string name, string? value) in changes) after = value is null ? after.Remove(name) : after.SetItem(name, value);
        if (ConfigChecks.TopicProblem(image.Configs, after) is { } bad) return (ErrorCode.InvalidConfig, bad);
        if (kept.Find(topic) is { } own)
        {
            foreach ((string name, string value) in own.Missing(image.Configs, after)) changes[name] = value;
            if (own.Problem(after) is { } loss) return (ErrorCode.PolicyViolation, loss);
        }
        if (changes.Count > 0) records.Add(new TopicConfigChanged(topic.Id, changes));
        return (ErrorCode.None, null);
    }

    private static (ErrorCode, string?) JudgeBroker(ClusterImage image, WantedConfigs resource, List<MetadataRecord> records)
    {
        int? node = null;
        if (resource.Name.Length > 0)
        {
            if (!int.TryParse(resource.Name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id) || id != image.NodeId)
                return (ErrorCode.InvalidRequest, $"Unexpected broker id, expected {image.NodeId} or an empty name, but got '{resource.Name}'");
            node = id;
        }
        var layer = node is null ? image.Configs.DynamicDefault : image.Configs.DynamicBroker;
        Dictionary<string, string?> changes = new(StringComparer.Ordinal);
        foreach (WantedConfig config in resource.Configs)
        {
            if (!BrokerConfigs.All.TryGetValue(config.Name, out ConfigDefinition? definition))
                return (ErrorCode.InvalidConfig, $"Unknown broker config name: {config.Name}");
            if (!definition.IsDynamic) return (ErrorCode.InvalidRequest, $"Cannot update this config while the broker runs: {config.Name}");
            string current = layer.GetValueOrDefault(config.Name) ?? image.Configs.Broker(config.Name) ?? "";
            if (!TryChange(definition, config, current, changes, out string? problem)) return (ErrorCode.InvalidConfig, problem);
            if (changes[config.Name] is { } value && definition.Problem(value) is { } bad) return (ErrorCode.InvalidConfig, bad);
        }
        if (changes.Count > 0) records.Add(new BrokerConfigChanged(node, changes));
        return (ErrorCode.None, null);
    }

    private static bool TryChange(
        ConfigDefinition definition, WantedConfig config, string current, Dictionary<string, string?> changes, out string? problem)
    {
        problem = null;
        switch (config.Operation)
        {
            case ConfigOperation.Set:
                changes[config.Name] = config.Value;
                return true;
            case ConfigOperation.Delete:
                changes[config.Name] = null;
                return true;
            case var _ when definition.Type != ConfigType.List:
                problem = $"Config {config.Name} is not a list: words can neither be added nor taken out";
                return false;
        }
        IReadOnlyList<string> words = ConfigValues.List(config.Value!);
        IReadOnlyList<string> now = ConfigValues.List(current);
        IEnumerable<string> next = config.Operation == ConfigOperation.Append ? now.Union(words, StringComparer.Ordinal) : now.Except(words, StringComparer.Ordinal);
        changes[config.Name] = string.Join(',', next);
        return true;
    }
}
