using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Configs;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers;

/// <summary>Creates topics: the controller decides, the answer comes when every shard serves them.</summary>
internal sealed class CreateTopicsHandler(BrokerShard shard, BrokerServices services)
    : Handler<CreateTopicsRequest, CreateTopicsResponse>
{
    public override async ValueTask<CreateTopicsResponse?> HandleAsync(RequestContext context, CreateTopicsRequest request)
    {
        List<WantedTopic> wanted = [.. request.Topics.Select(Wanted)];
        IReadOnlyList<CreatedTopic> outcomes = await services.Controller.CommitAsync(
            image => services.TopicCreation.Decide(image, wanted, request.ValidateOnly),
            reason => [.. wanted.Select(t => t.Name).Distinct(StringComparer.Ordinal)
                .Select(name => new CreatedTopic(name, ErrorCode.KafkaStorageError, reason, null))]);
        return new CreateTopicsResponse { Topics = [.. outcomes.Select(Answer)] };
    }

    private static WantedTopic Wanted(CreateTopicsRequest.CreatableTopic topic) => new(
        topic.Name,
        topic.NumPartitions,
        topic.ReplicationFactor,
        [.. topic.Assignments.Select(static a => new WantedAssignment(a.PartitionIndex, a.BrokerIds))],
        [.. topic.Configs.Select(static c => KeyValuePair.Create(c.Name, c.Value))]);

    private CreateTopicsResponse.CreatableTopicResult Answer(CreatedTopic outcome)
    {
        var result = new CreateTopicsResponse.CreatableTopicResult
        {
            Name = outcome.Name,
            ErrorCode = outcome.Error,
            ErrorMessage = outcome.Message,
        };
        if (outcome.Topic is not { } topic) return result;
        result.TopicId = topic.Id;
        result.NumPartitions = topic.PartitionCount;
        result.ReplicationFactor = topic.ReplicationFactor;
        result.Configs = [.. TopicConfigs.All.Values.OrderBy(static d => d.Name, StringComparer.Ordinal).Select(d => Config(d, topic))];
        return result;
    }

    private CreateTopicsResponse.CreatableTopicConfigs Config(ConfigDefinition definition, TopicImage topic)
    {
        ConfigValue value = shard.Image.Configs.TopicValues(definition, topic.Overrides)[0];
        return new CreateTopicsResponse.CreatableTopicConfigs { Name = definition.Name, Value = value.Value, ConfigSource = (sbyte)value.Source };
    }
}
