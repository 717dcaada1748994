using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers;

/// <summary>Adds partitions to topics; when the answer comes, every shard serves them.</summary>
internal sealed class CreatePartitionsHandler(ShardRef<Controller> controller, CreatePartitions growth)
    : Handler<CreatePartitionsRequest, CreatePartitionsResponse>
{
    public override async ValueTask<CreatePartitionsResponse?> HandleAsync(RequestContext context, CreatePartitionsRequest request)
    {
        List<WantedPartitions> wanted = [.. request.Topics.Select(static topic => new WantedPartitions(
            topic.Name, topic.Count, topic.Assignments is { } assignments ? [.. assignments.Select(static a => a.BrokerIds)] : null))];
        IReadOnlyList<CreatedPartitions> outcomes = await controller.CommitAsync(
            image => growth.Decide(image, wanted, request.ValidateOnly),
            reason => [.. wanted.Select(w => new CreatedPartitions(w.Topic, ErrorCode.KafkaStorageError, reason)).Distinct()]);
        return new CreatePartitionsResponse
        {
            Results = [.. outcomes.Select(static o => new CreatePartitionsResponse.CreatePartitionsTopicResult
            {
                Name = o.Topic,
                ErrorCode = o.Error,
                ErrorMessage = o.Message,
            })],
        };
    }
}
