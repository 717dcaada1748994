using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers;

/// <summary>Deletes topics, by name or (v6) by id. The answer comes when no shard serves them any more.</summary>
internal sealed class DeleteTopicsHandler(ShardRef<Controller> controller) : Handler<DeleteTopicsRequest, DeleteTopicsResponse>
{
    public override async ValueTask<DeleteTopicsResponse?> HandleAsync(RequestContext context, DeleteTopicsRequest request)
    {
        List<UnwantedTopic> unwanted = context.ApiVersion >= 6
            ? [.. request.Topics.Select(static t => new UnwantedTopic(t.Name, t.TopicId))]
            : [.. request.TopicNames.Select(static name => new UnwantedTopic(name, Guid.Empty))];
        IReadOnlyList<DeletedTopic> outcomes = await controller.CommitAsync(
            image => DeleteTopics.Decide(image, unwanted),
            reason => [.. unwanted.Distinct().Select(t => new DeletedTopic(t.Name, t.Id, ErrorCode.KafkaStorageError, reason))]);
        return new DeleteTopicsResponse
        {
            Responses = [.. outcomes.Select(o => new DeleteTopicsResponse.DeletableTopicResult
            {
                Name = o.Name ?? (context.ApiVersion >= 6 ? null : ""),
                TopicId = o.Id,
                // Old clients do not know the code for "switched off".
                ErrorCode = o.Error == ErrorCode.TopicDeletionDisabled && context.ApiVersion < 3 ? ErrorCode.InvalidRequest : o.Error,
                ErrorMessage = o.Message,
            })],
        };
    }
}
