using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Admin;

/// <summary>Topics and settings. A refusal is a <see cref="KafkaErrorException"/> with the broker's code and words.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class AdminClient
{
    private const int TimeoutMs = 30_000;
    private readonly RequestRouter _router;
    private readonly MetadataCache _metadata;

    internal AdminClient(RequestRouter router, MetadataCache metadata)
    {
        _router = router;
        _metadata = metadata;
    }

    /// <summary>Creates a topic; with <paramref name="validateOnly"/> only says whether it could.</summary>
    /// <exception cref="KafkaErrorException">The broker refused.</exception>
    public async ValueTask<CreatedTopic> CreateTopicAsync(NewTopic topic, bool validateOnly = false, CancellationToken cancel = default)
    {
        CreateTopicsResponse answer = await _router.ToControllerAsync(
            _ => BuildCreate(topic, validateOnly),
            static answer => answer.Topics is [{ ErrorCode: ErrorCode.NotController }] ? ErrorCode.NotController : ErrorCode.None,
            cancel).ConfigureAwait(false);
        if (answer.Topics is not [{ } created]) throw Unanswered(topic.Name);
        KafkaErrorException.ThrowIfError(created.ErrorCode, $"Topic '{topic.Name}' was not created", created.ErrorMessage);
        _metadata.Forget(topic.Name);
        return new CreatedTopic(created.Name, created.TopicId, created.NumPartitions, created.ReplicationFactor);
    }

    /// <summary>Deletes a topic with its records.</summary>
    /// <exception cref="KafkaErrorException">The broker refused.</exception>
    public async ValueTask DeleteTopicAsync(string topic, CancellationToken cancel = default)
    {
        DeleteTopicsResponse answer = await _router.ToControllerAsync(
            link => BuildDelete(link, topic),
            static answer => answer.Responses is [{ ErrorCode: ErrorCode.NotController }] ? ErrorCode.NotController : ErrorCode.None,
            cancel).ConfigureAwait(false);
        _metadata.Forget(topic);
        if (answer.Responses is not [{ } deleted]) throw Unanswered(topic);
        KafkaErrorException.ThrowIfError(deleted.ErrorCode, $"Topic '{topic}' was not deleted", deleted.ErrorMessage);
    }

    /// <summary>Adds partitions to a topic; with <paramref name="validateOnly"/> only says whether it could.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">How many it is to have then, more than now.</param>
    /// <param name="validateOnly">Change nothing.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <exception cref="KafkaErrorException">The broker refused.</exception>
    public async ValueTask CreatePartitionsAsync(string topic, int partitions, bool validateOnly = false, CancellationToken cancel = default)
    {
        CreatePartitionsResponse answer = await _router.ToControllerAsync(
            _ => new CreatePartitionsRequest
            {
                Topics = [new CreatePartitionsRequest.CreatePartitionsTopic { Name = topic, Count = partitions, Assignments = null }],
                TimeoutMs = TimeoutMs,
                ValidateOnly = validateOnly,
            },
            static answer => answer.Results is [{ ErrorCode: ErrorCode.NotController }] ? ErrorCode.NotController : ErrorCode.None,
            cancel).ConfigureAwait(false);
        _metadata.Forget(topic);
        if (answer.Results is not [{ } result]) throw Unanswered(topic);
        KafkaErrorException.ThrowIfError(result.ErrorCode, $"Topic '{topic}' has no more partitions than before", result.ErrorMessage);
    }

    /// <summary>All topics, by name.</summary>
    public ValueTask<IReadOnlyList<TopicView>> ListTopicsAsync(CancellationToken cancel = default) => _metadata.AllTopicsAsync(cancel);

    /// <summary>One topic, fresh from the broker.</summary>
    /// <exception cref="KafkaErrorException">There is no such topic, or the broker does not show it.</exception>
    public async ValueTask<TopicView> DescribeTopicAsync(string topic, CancellationToken cancel = default)
    {
        _metadata.Forget(topic);
        (ErrorCode error, TopicView? view) = await _metadata.TopicAsync(topic, allowCreate: false, cancel).ConfigureAwait(false);
        return view ?? throw new KafkaErrorException(error, $"Topic '{topic}': {error.KafkaName()}");
    }

    /// <summary>The brokers, fresh.</summary>
    public ValueTask<ClusterView> DescribeClusterAsync(CancellationToken cancel = default) => _metadata.RefreshClusterAsync(cancel);

    /// <summary>All settings of a topic or broker with their values.</summary>
    /// <exception cref="KafkaErrorException">The broker refused.</exception>
    public async ValueTask<IReadOnlyList<ConfigEntry>> DescribeConfigsAsync(
        ConfigResourceType type, string name, CancellationToken cancel = default)
    {
        DescribeConfigsResponse answer = await _router.ToControllerAsync(
            _ => new DescribeConfigsRequest
            {
                Resources = [new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = (sbyte)type, ResourceName = name, ConfigurationKeys = null }],
                IncludeSynonyms = true,
            },
            static _ => ErrorCode.None,
            cancel).ConfigureAwait(false);
        if (answer.Results is not [{ } result]) throw Unanswered(name);
        KafkaErrorException.ThrowIfError(result.ErrorCode, SettingsOf(type, name), result.ErrorMessage);
        return [.. result.Configs.Select(static config =>
            new ConfigEntry(
                config.Name,
                config.Value,
                (ConfigSource)config.ConfigSource,
                config.ReadOnly,
                config.IsSensitive,
                [.. config.Synonyms.Select(static synonym => new ConfigSynonym(synonym.Name, synonym.Value, (ConfigSource)synonym.Source))]))];
    }

    /// <summary>Changes some settings of a topic or broker and leaves the others.</summary>
    /// <exception cref="KafkaErrorException">The broker refused; nothing was changed.</exception>
    public async ValueTask AlterConfigsAsync(
        ConfigResourceType type, string name, IReadOnlyList<ConfigChange> changes, bool validateOnly = false, CancellationToken cancel = default)
    {
        var one = new Dictionary<string, IReadOnlyList<ConfigChange>>(StringComparer.Ordinal) { [name] = changes };
        if ((await AlterConfigsAsync(type, one, validateOnly, cancel).ConfigureAwait(false)).TryGetValue(name, out KafkaErrorException? refusal)) throw refusal;
    }

    /// <summary>Changes some settings of several topics or brokers, each for itself: one that is refused keeps what it has.</summary>
    /// <returns>The refusals, by name.</returns>
    /// <exception cref="KafkaErrorException">The broker does not answer for all of them.</exception>
    public async ValueTask<IReadOnlyDictionary<string, KafkaErrorException>> AlterConfigsAsync(
        ConfigResourceType type, IReadOnlyDictionary<string, IReadOnlyList<ConfigChange>> changes, bool validateOnly = false, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(changes);
        IncrementalAlterConfigsResponse answer = await _router.ToControllerAsync(
            _ => BuildAlter(type, changes, validateOnly),
            static answer => answer.Responses is [{ ErrorCode: ErrorCode.NotController }, ..] ? ErrorCode.NotController : ErrorCode.None,
            cancel).ConfigureAwait(false);
        var refusals = new Dictionary<string, KafkaErrorException>(StringComparer.Ordinal);
        foreach (string name in changes.Keys)
        {
            IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result = answer.Responses.Find(result => result.ResourceName == name) ?? throw Unanswered(name);
            if (result.ErrorCode == ErrorCode.None) continue;
            string why = string.IsNullOrEmpty(result.ErrorMessage) ? result.ErrorCode.ToString() : result.ErrorMessage;
            refusals[name] = new KafkaErrorException(result.ErrorCode, $"{SettingsOf(type, name)} were not changed: {why}");
        }
        return refusals;
    }

    private static string SettingsOf(ConfigResourceType type, string name) =>
        type == ConfigResourceType.Broker && name.Length == 0 ? "Settings of all brokers" : $"Settings of {type} '{name}'";

    private static CreateTopicsRequest BuildCreate(NewTopic topic, bool validateOnly) => new()
    {
        Topics =
        [
            new CreateTopicsRequest.CreatableTopic
            {
                Name = topic.Name,
                NumPartitions = topic.Partitions,
                ReplicationFactor = topic.ReplicationFactor,
                Configs = [.. (topic.Configs ?? new Dictionary<string, string?>()).Select(static config =>
                    new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
            },
        ],
        TimeoutMs = TimeoutMs,
        ValidateOnly = validateOnly,
    };

    private static DeleteTopicsRequest BuildDelete(IBrokerLink link, string topic)
    {
        var request = new DeleteTopicsRequest { TimeoutMs = TimeoutMs };
        if (link.NegotiatedVersion(ApiKey.DeleteTopics) >= 6) request.Topics = [new DeleteTopicsRequest.DeleteTopicState { Name = topic }];
        else request.TopicNames = [topic];
        return request;
    }

    private static IncrementalAlterConfigsRequest BuildAlter(
        ConfigResourceType type, IReadOnlyDictionary<string, IReadOnlyList<ConfigChange>> changes, bool validateOnly) => new()
        {
            Resources = [.. changes.Select(resource => new IncrementalAlterConfigsRequest.AlterConfigsResource
            {
                ResourceType = (sbyte)type,
                ResourceName = resource.Key,
                Configs = [.. resource.Value.Select(static change => new IncrementalAlterConfigsRequest.AlterableConfig
                {
                    Name = change.Name,
                    ConfigOperation = (sbyte)change.Operation,
                    Value = change.Value,
                })],
            })],
            ValidateOnly = validateOnly,
        };

    private static KafkaErrorException Unanswered(string name) =>
        new(ErrorCode.UnknownServerError, $"The broker's answer does not cover '{name}'.");
}
