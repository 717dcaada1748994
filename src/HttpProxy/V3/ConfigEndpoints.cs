using System.Globalization;
using System.Text.Json;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.V3;

/// <summary>Settings of topics, brokers and the cluster: listed, read, changed one by one and together.</summary>
internal static class ConfigEndpoints
{
    internal static async ValueTask ListAsync(V3Call call, ConfigScope scope)
    {
        IReadOnlyList<ConfigEntry> configs = await DescribeAsync(call, scope).ConfigureAwait(false);
        await call.AnswerListAsync(scope.Kind + "List", scope.Url, configs.Select(config => (scope, config)), Write).ConfigureAwait(false);
    }

    internal static async ValueTask GetAsync(V3Call call, ConfigScope scope)
    {
        string name = call.Http.Name("name");
        IReadOnlyList<ConfigEntry> configs = await DescribeAsync(call, scope).ConfigureAwait(false);
        ConfigEntry config = configs.FirstOrDefault(config => config.Name == name)
            ?? throw new ProblemException(Problem.NotFound, $"There is no setting '{name}' here; {scope.Url} lists those there are.");
        await call.AnswerAsync((scope, config), Write).ConfigureAwait(false);
    }

    internal static async ValueTask PutAsync(V3Call call, ConfigScope scope)
    {
        using JsonDocument body = await call.BodyAsync().ConfigureAwait(false);
        string value = body.RootElement.Text("value") ?? throw V3Call.Refused("value is missing; send {\"value\": \"...\"}, or DELETE for the default");
        await ChangeAsync(call, scope, [new ConfigChange(call.Http.Name("name"), ConfigOperation.Set, value)], validateOnly: false).ConfigureAwait(false);
        call.Http.AnswerNothing();
    }

    internal static async ValueTask ResetAsync(V3Call call, ConfigScope scope)
    {
        await ChangeAsync(call, scope, [new ConfigChange(call.Http.Name("name"), ConfigOperation.Delete, null)], validateOnly: false).ConfigureAwait(false);
        call.Http.AnswerNothing();
    }

    internal static async ValueTask AlterAsync(V3Call call, ConfigScope scope)
    {
        using JsonDocument body = await call.BodyAsync().ConfigureAwait(false);
        ConfigChange[] changes = [.. body.RootElement.Items("data").Select(ReadChange)];
        if (changes.Length == 0) throw V3Call.Refused("data is missing or empty; send {\"data\": [{\"name\": ..., \"value\": ...}]}");
        await ChangeAsync(call, scope, changes, body.RootElement.Flag("validate_only")).ConfigureAwait(false);
        call.Http.AnswerNothing();
    }

    /// <summary>Settings of several topics at once. One that is refused leaves all as they are, unless another change comes in between.</summary>
    internal static async ValueTask AlterTopicsAsync(V3Call call)
    {
        using JsonDocument body = await call.BodyAsync().ConfigureAwait(false);
        var changes = new Dictionary<string, IReadOnlyList<ConfigChange>>(StringComparer.Ordinal);
        foreach (JsonElement entry in body.RootElement.Items("data"))
        {
            if (entry.Text("topic_name") is not { Length: > 0 } topic) throw V3Call.Refused("each of data needs a topic_name");
            ConfigChange[] ofTopic = [.. entry.Items("configs").Select(ReadChange)];
            if (ofTopic.Length == 0) throw V3Call.Refused($"the configs of {topic} are missing or empty");
            if (!changes.TryAdd(topic, ofTopic)) throw V3Call.Refused($"{topic} stands in data twice");
        }
        if (changes.Count == 0)
            throw V3Call.Refused("data is missing or empty; send {\"data\": [{\"topic_name\": ..., \"configs\": [{\"name\": ..., \"value\": ...}]}]}");
        await ChangeTopicsAsync(call, changes, validateOnly: true).ConfigureAwait(false);
        if (!body.RootElement.Flag("validate_only")) await ChangeTopicsAsync(call, changes, validateOnly: false).ConfigureAwait(false);
        call.Http.AnswerNothing();
    }

    internal static async ValueTask OfAllBrokersAsync(V3Call call)
    {
        var all = new List<(ConfigScope, ConfigEntry)>();
        foreach (int broker in call.Cluster.Brokers.Keys) await AddAsync(call, ConfigScopes.Broker(call, broker), all).ConfigureAwait(false);
        await call.AnswerListAsync("KafkaBrokerConfigList", call.Url("brokers", "-", "configs"), all, Write).ConfigureAwait(false);
    }

    internal static async ValueTask OfAllTopicsAsync(V3Call call)
    {
        IReadOnlyList<TopicView> topics = await call.Client.Admin.ListTopicsAsync(call.Cancel).ConfigureAwait(false);
        var all = new List<(ConfigScope, ConfigEntry)>();
        foreach (TopicView topic in topics) await AddAsync(call, ConfigScopes.Topic(call, topic.Name), all).ConfigureAwait(false);
        await call.AnswerListAsync("KafkaTopicConfigList", call.Url("topics", "-", "configs"), all, Write).ConfigureAwait(false);
    }

    private static async ValueTask AddAsync(V3Call call, ConfigScope scope, List<(ConfigScope, ConfigEntry)> all)
    {
        try
        {
            IReadOnlyList<ConfigEntry> configs = await call.Client.Admin.DescribeConfigsAsync(scope.Type, scope.Resource, call.Cancel).ConfigureAwait(false);
            all.AddRange(configs.Select(config => (scope, config)));
        }
        catch (KafkaErrorException gone) when (gone.Code == ErrorCode.UnknownTopicOrPartition)
        {
            // Deleted since the topics were listed.
        }
    }

    private static ConfigChange ReadChange(JsonElement change)
    {
        string name = change.Text("name") ?? throw V3Call.Refused("each of data needs a name");
        string operation = change.Text("operation") ?? "SET";
        return operation.ToUpperInvariant() switch
        {
            "SET" => new ConfigChange(name, ConfigOperation.Set, change.Text("value") ?? throw V3Call.Refused($"{name} needs a value, or the operation DELETE")),
            "DELETE" => new ConfigChange(name, ConfigOperation.Delete, null),
            _ => throw V3Call.Refused($"the operation of {name} must be SET or DELETE, not '{operation}'"),
        };
    }

    private static async ValueTask<IReadOnlyList<ConfigEntry>> DescribeAsync(V3Call call, ConfigScope scope)
    {
        try
        {
            return await call.Client.Admin.DescribeConfigsAsync(scope.Type, scope.Resource, call.Cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException failure) when (IsUnknown(failure))
        {
            throw V3Call.UnknownTopicOrPartition();
        }
    }

    private static async ValueTask ChangeAsync(V3Call call, ConfigScope scope, IReadOnlyList<ConfigChange> changes, bool validateOnly)
    {
        try
        {
            await call.Client.Admin.AlterConfigsAsync(scope.Type, scope.Resource, changes, validateOnly, call.Cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException failure) when (IsUnknown(failure))
        {
            throw V3Call.UnknownTopicOrPartition();
        }
    }

    private static async ValueTask ChangeTopicsAsync(V3Call call, IReadOnlyDictionary<string, IReadOnlyList<ConfigChange>> changes, bool validateOnly)
    {
        IReadOnlyDictionary<string, KafkaErrorException> refusals = await call.Client.Admin.AlterConfigsAsync(
            ConfigResourceType.Topic, changes, validateOnly, call.Cancel).ConfigureAwait(false);
        if (refusals.Count == 0) return;
        KafkaErrorException first = refusals.Values.First();
        throw IsUnknown(first)
            ? new ProblemException(Problem.ConsumerNotFound, $"There is no topic '{refusals.Keys.First()}'; nothing was changed.")
            : new ProblemException(KafkaProblems.Of(first.Code, first.Message));
    }

    private static bool IsUnknown(KafkaErrorException failure) => failure.Code is ErrorCode.UnknownTopicOrPartition or ErrorCode.InvalidTopicException;

    private static void Write(Utf8JsonWriter json, V3Call call, (ConfigScope Scope, ConfigEntry Config) setting)
    {
        (ConfigScope scope, ConfigEntry config) = setting;
        json.WriteHead(scope.Kind, $"{scope.Url}/{Uri.EscapeDataString(config.Name)}", scope.NameOf(config.Name), call.ClusterId);
        if (scope.Type == ConfigResourceType.Topic) json.WriteString("topic_name", scope.Resource);
        else if (scope.Resource.Length > 0) json.WriteNumber("broker_id", int.Parse(scope.Resource, CultureInfo.InvariantCulture));
        else json.WriteString("config_type", "BROKER");
        json.WriteString("name", config.Name);
        json.WriteString("value", config.Value);
        json.WriteBoolean("is_default", config.Source == ConfigSource.Default);
        json.WriteBoolean("is_read_only", config.IsReadOnly);
        json.WriteBoolean("is_sensitive", config.IsSensitive);
        json.WriteString("source", NameOf(config.Source));
        json.WriteStartArray("synonyms");
        foreach (ConfigSynonym synonym in config.Synonyms)
        {
            json.WriteStartObject();
            json.WriteString("name", synonym.Name);
            json.WriteString("value", synonym.Value);
            json.WriteString("source", NameOf(synonym.Source));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string NameOf(ConfigSource source) => source switch
    {
        ConfigSource.Topic => "DYNAMIC_TOPIC_CONFIG",
        ConfigSource.DynamicBroker => "DYNAMIC_BROKER_CONFIG",
        ConfigSource.DynamicDefaultBroker => "DYNAMIC_DEFAULT_BROKER_CONFIG",
        ConfigSource.StaticBroker => "STATIC_BROKER_CONFIG",
        ConfigSource.Default => "DEFAULT_CONFIG",
        _ => "UNKNOWN",
    };
}
