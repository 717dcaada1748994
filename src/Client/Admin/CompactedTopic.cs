using System.Globalization;
using Gateway.Client.Topology;
using Gateway.Common.Errors;

namespace Gateway.Client.Admin;

/// <summary>A topic of one partition that keeps the newest record of each key: where a service of this process keeps what it knows.</summary>
public static class CompactedTopic
{
    /// <summary>
    /// Makes the topic if it is not there, and puts its policy right if it is: cut by time, what it keeps would be lost.
    /// </summary>
    /// <exception cref="KafkaErrorException">The cluster refuses.</exception>
    /// <exception cref="InvalidOperationException">The topic has several partitions.</exception>
    public static async ValueTask EnsureAsync(KafkaClient client, string name, int maxMessageBytes, short replicationFactor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(client);
        (ErrorCode error, TopicView? topic) = await client.FindTopicAsync(name, cancel).ConfigureAwait(false);
        if (topic is not null) await CheckAsync(client, topic, cancel).ConfigureAwait(false);
        else if (error is ErrorCode.UnknownTopicOrPartition or ErrorCode.None) await CreateAsync(client, name, maxMessageBytes, replicationFactor, cancel).ConfigureAwait(false);
        else throw new KafkaErrorException(error, $"The topic {name} cannot be seen: {error.KafkaName()}");
    }

    private static async ValueTask CreateAsync(KafkaClient client, string name, int maxMessageBytes, short replicationFactor, CancellationToken cancel)
    {
        var configs = new Dictionary<string, string?>
        {
            ["cleanup.policy"] = "compact",
            ["max.message.bytes"] = maxMessageBytes.ToString(CultureInfo.InvariantCulture),
        };
        try
        {
            await client.Admin.CreateTopicAsync(new NewTopic(name, 1, replicationFactor, configs), cancel: cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException fault) when (fault.Code == ErrorCode.TopicAlreadyExists)
        {
            // Another process on the same cluster was first; what it made is checked on the next start.
        }
    }

    private static async ValueTask CheckAsync(KafkaClient client, TopicView topic, CancellationToken cancel)
    {
        if (topic.Partitions.Length != 1)
            throw new InvalidOperationException($"The topic {topic.Name} has {topic.Partitions.Length} partitions; it must have one.");
        IReadOnlyList<ConfigEntry> configs = await client.Admin.DescribeConfigsAsync(ConfigResourceType.Topic, topic.Name, cancel).ConfigureAwait(false);
        if (configs.FirstOrDefault(static config => config.Name == "cleanup.policy") is not { } policy || policy.Value == "compact") return;
        await client.Admin.AlterConfigsAsync(
            ConfigResourceType.Topic, topic.Name, [new ConfigChange("cleanup.policy", ConfigOperation.Set, "compact")], cancel: cancel).ConfigureAwait(false);
    }
}
