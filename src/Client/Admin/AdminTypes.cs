using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Client.Admin;

/// <summary>A topic to create.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">How many partitions; -1 takes the broker's default.</param>
/// <param name="ReplicationFactor">How many replicas; -1 takes the broker's default.</param>
/// <param name="Configs">Settings that differ from the broker's defaults, by Kafka's names.</param>
public sealed record NewTopic(string Name, int Partitions = -1, short ReplicationFactor = -1, IReadOnlyDictionary<string, string?>? Configs = null);

/// <summary>A topic that was created.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id; all zero from old brokers.</param>
/// <param name="Partitions">How many partitions; -1 when the broker does not tell.</param>
/// <param name="ReplicationFactor">How many replicas; -1 when the broker does not tell.</param>
public sealed record CreatedTopic(string Name, Guid Id, int Partitions, short ReplicationFactor);

/// <summary>What a setting belongs to; the numbers are Kafka's.</summary>
public enum ConfigResourceType : sbyte
{
    /// <summary>A topic, by name.</summary>
    Topic = 2,

    /// <summary>A broker, by node id; an empty name is the default of all.</summary>
    Broker = 4,
}

/// <summary>Where a setting's value comes from; the numbers are Kafka's.</summary>
public enum ConfigSource : sbyte
{
    /// <summary>The broker is too old to tell.</summary>
    Unknown = 0,

    /// <summary>Set on the topic.</summary>
    Topic = 1,

    /// <summary>Set on this broker at run time.</summary>
    DynamicBroker = 2,

    /// <summary>Set for all brokers at run time.</summary>
    DynamicDefaultBroker = 3,

    /// <summary>From the broker's own settings.</summary>
    StaticBroker = 4,

    /// <summary>Nobody set it.</summary>
    Default = 5,
}

/// <summary>A setting with its value.</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Value">Its value; null when it is secret or has none.</param>
/// <param name="Source">Where the value comes from.</param>
/// <param name="IsReadOnly">It cannot be changed at run time.</param>
/// <param name="IsSensitive">Its value is not told.</param>
/// <param name="Synonyms">Every place the value could come from, the one it does come from first.</param>
public sealed record ConfigEntry(
    string Name, string? Value, ConfigSource Source, bool IsReadOnly, bool IsSensitive, IReadOnlyList<ConfigSynonym> Synonyms);

/// <summary>A place a setting's value could come from.</summary>
/// <param name="Name">Kafka's name of the setting there.</param>
/// <param name="Value">The value there; null when it is secret or has none.</param>
/// <param name="Source">Which place.</param>
public sealed record ConfigSynonym(string Name, string? Value, ConfigSource Source);

/// <summary>What to do with a setting; the numbers are Kafka's.</summary>
public enum ConfigOperation : sbyte
{
    /// <summary>Give it the value.</summary>
    Set = 0,

    /// <summary>Back to the default.</summary>
    Delete = 1,

    /// <summary>Add the value to a list.</summary>
    Append = 2,

    /// <summary>Take the value out of a list.</summary>
    Subtract = 3,
}

/// <summary>A change of one setting.</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Operation">What to do.</param>
/// <param name="Value">The value; null for <see cref="ConfigOperation.Delete"/>.</param>
public sealed record ConfigChange(string Name, ConfigOperation Operation, string? Value);

/// <summary>A group as lists show it.</summary>
/// <param name="Group">The group's id.</param>
/// <param name="State">Kafka's word for its state; empty from old brokers.</param>
/// <param name="ProtocolType">"consumer" for consumer groups.</param>
/// <param name="Type">"classic", "consumer" and so on; empty from old brokers.</param>
public sealed record GroupListing(string Group, string State, string ProtocolType, string Type);

/// <summary>A group in detail.</summary>
/// <param name="Group">The group's id.</param>
/// <param name="Error">None, or why the coordinator does not describe it.</param>
/// <param name="State">Kafka's word for its state.</param>
/// <param name="ProtocolType">"consumer" for consumer groups.</param>
/// <param name="Protocol">The assignor in use.</param>
/// <param name="Members">Its members.</param>
public sealed record GroupDescription(
    string Group, ErrorCode Error, string State, string ProtocolType, string Protocol, IReadOnlyList<GroupMember> Members);

/// <summary>A member of a group.</summary>
/// <param name="MemberId">The id the coordinator gave it.</param>
/// <param name="InstanceId">The id it gave itself, if it is a static member.</param>
/// <param name="ClientId">Its client id.</param>
/// <param name="Host">Where it connects from.</param>
/// <param name="Partitions">What it is assigned; empty when its assignment cannot be read.</param>
public sealed record GroupMember(
    string MemberId, string? InstanceId, string ClientId, string Host, IReadOnlyList<TopicPartition> Partitions);
