using System.Collections.Frozen;
using System.Globalization;
using Gateway.Broker.Cluster;
using Gateway.Broker.Configs;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers;

/// <summary>Configs of topics and brokers, with where each value comes from (CFG-1).</summary>
internal sealed class DescribeConfigsHandler(BrokerShard shard) : Handler<DescribeConfigsRequest, DescribeConfigsResponse>
{
    public override ValueTask<DescribeConfigsResponse?> HandleAsync(RequestContext context, DescribeConfigsRequest request)
    {
        var response = new DescribeConfigsResponse();
        foreach (DescribeConfigsRequest.DescribeConfigsResource resource in request.Resources) response.Results.Add(Describe(resource, request));
        if (context.ApiVersion == 0) MarkDefaults(response);
        return new(response);
    }

    private DescribeConfigsResponse.DescribeConfigsResult Describe(DescribeConfigsRequest.DescribeConfigsResource resource, DescribeConfigsRequest request)
    {
        ClusterImage image = shard.Image;
        var result = new DescribeConfigsResponse.DescribeConfigsResult { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName };
        switch ((ConfigResourceType)resource.ResourceType)
        {
            case ConfigResourceType.Topic when TopicName.Problem(resource.ResourceName) is { } problem:
                return Fail(result, ErrorCode.InvalidTopicException, problem);
            case ConfigResourceType.Topic when !image.TryGetTopic(resource.ResourceName, out _):
                return Fail(result, ErrorCode.UnknownTopicOrPartition, $"The topic '{resource.ResourceName}' does not exist");
            case ConfigResourceType.Topic:
                TopicImage topic = image.TopicsByName[resource.ResourceName];
                foreach (ConfigDefinition definition in Asked(TopicConfigs.All, resource))
                    result.Configs.Add(Config(definition, image.Configs.TopicValues(definition, topic.Overrides), isReadOnly: false, request));
                return result;
            case ConfigResourceType.Broker when resource.ResourceName.Length == 0:
                // The cluster-wide default layer: only what was set there.
                foreach (ConfigDefinition definition in Asked(BrokerConfigs.All, resource))
                {
                    if (image.Configs.DynamicDefault.TryGetValue(definition.Name, out string? value))
                        result.Configs.Add(Config(definition, [new ConfigValue(definition.Name, value, ConfigSource.DynamicDefaultBroker)], isReadOnly: false, request));
                }
                return result;
            case ConfigResourceType.Broker when resource.ResourceName == image.NodeId.ToString(CultureInfo.InvariantCulture):
                foreach (ConfigDefinition definition in Asked(BrokerConfigs.All, resource))
                    result.Configs.Add(Config(definition, image.Configs.BrokerValues(definition), !definition.IsDynamic, request));
                return result;
            case ConfigResourceType.Broker:
                return Fail(result, ErrorCode.InvalidRequest, $"Unexpected broker id, expected {image.NodeId} or an empty name, but got '{resource.ResourceName}'");
            default:
                return Fail(result, ErrorCode.InvalidRequest, $"Configs of resource type {resource.ResourceType} are not known here");
        }
    }

    private static IEnumerable<ConfigDefinition> Asked(
        FrozenDictionary<string, ConfigDefinition> all, DescribeConfigsRequest.DescribeConfigsResource resource) =>
        resource.ConfigurationKeys is { } keys
            ? keys.Distinct(StringComparer.Ordinal).Select(all.GetValueOrDefault).OfType<ConfigDefinition>()
            : all.Values.OrderBy(static d => d.Name, StringComparer.Ordinal);

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Config(
        ConfigDefinition definition, IReadOnlyList<ConfigValue> values, bool isReadOnly, DescribeConfigsRequest request)
    {
        bool isSecret = definition.Type == ConfigType.Password;
        var result = new DescribeConfigsResponse.DescribeConfigsResourceResult
        {
            Name = definition.Name,
            Value = isSecret ? null : values[0].Value,
            ReadOnly = isReadOnly,
            ConfigSource = (sbyte)values[0].Source,
            IsSensitive = isSecret,
            ConfigType = (sbyte)definition.Type,
            Documentation = request.IncludeDocumentation ? definition.Documentation : null,
        };
        if (!request.IncludeSynonyms) return result;
        foreach (ConfigValue value in values)
        {
            result.Synonyms.Add(new DescribeConfigsResponse.DescribeConfigsSynonym
            {
                Name = value.Name,
                Value = isSecret ? null : value.Value,
                Source = (sbyte)value.Source,
            });
        }
        return result;
    }

    /// <summary>Version 0 had a mark in place of the source.</summary>
    private static void MarkDefaults(DescribeConfigsResponse response)
    {
        foreach (DescribeConfigsResponse.DescribeConfigsResourceResult config in response.Results.SelectMany(static r => r.Configs))
            config.IsDefault = config.ConfigSource == (sbyte)ConfigSource.Default;
    }

    private static DescribeConfigsResponse.DescribeConfigsResult Fail(DescribeConfigsResponse.DescribeConfigsResult result, ErrorCode error, string message)
    {
        result.ErrorCode = error;
        result.ErrorMessage = message;
        return result;
    }
}
