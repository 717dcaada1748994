using System.Globalization;
using Gateway.Client.Admin;

namespace Gateway.HttpProxy.V3;

/// <summary>Whose settings a path is about.</summary>
/// <param name="Type">What they belong to.</param>
/// <param name="Resource">Which topic or broker; empty for the defaults of all brokers.</param>
/// <param name="Kind">The kind of each setting as a resource.</param>
/// <param name="Url">The URL of the list.</param>
/// <param name="NameOf">The resource name of a setting.</param>
internal sealed record ConfigScope(ConfigResourceType Type, string Resource, string Kind, string Url, Func<string, string> NameOf);

/// <summary>The scopes settings have in the v3 dialect: a topic, a broker, and all brokers of the cluster.</summary>
internal static class ConfigScopes
{
    internal static ConfigScope Topic(V3Call call) => Topic(call, call.Http.Name("topic"));

    internal static ConfigScope Topic(V3Call call, string topic) => new(
        ConfigResourceType.Topic, topic, "KafkaTopicConfig", call.Url("topics", topic, "configs"), name => call.ResourceName($"topic={topic}/config={name}"));

    internal static ConfigScope Broker(V3Call call) => Broker(call, call.BrokerId());

    internal static ConfigScope Broker(V3Call call, int broker)
    {
        string id = broker.ToString(CultureInfo.InvariantCulture);
        return new(
            ConfigResourceType.Broker, id, "KafkaBrokerConfig", call.Url("brokers", id, "configs"), name => call.ResourceName($"broker={id}/config={name}"));
    }

    internal static ConfigScope Cluster(V3Call call) => new(
        ConfigResourceType.Broker, "", "KafkaClusterConfig", call.Url("broker-configs"), name => call.ResourceName($"broker-config={name}"));
}
