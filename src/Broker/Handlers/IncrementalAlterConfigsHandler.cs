using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Configs;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers;

/// <summary>Alters configs of topics and brokers (CFG-2); they are in force on every shard when the answer comes (CFG-3).</summary>
internal sealed class IncrementalAlterConfigsHandler(ShardRef<Controller> controller, AlterConfigs alteration)
    : Handler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>
{
    public override async ValueTask<IncrementalAlterConfigsResponse?> HandleAsync(RequestContext context, IncrementalAlterConfigsRequest request)
    {
        List<WantedConfigs> wanted = [.. request.Resources.Select(static r => new WantedConfigs(
            (ConfigResourceType)r.ResourceType,
            r.ResourceName,
            [.. r.Configs.Select(static c => new WantedConfig(c.Name, (ConfigOperation)c.ConfigOperation, c.Value))]))];
        IReadOnlyList<AlteredConfigs> outcomes = await controller.CommitAsync(
            image => alteration.Decide(image, wanted, request.ValidateOnly),
            reason => [.. wanted.Select(w => new AlteredConfigs(w.Type, w.Name, ErrorCode.KafkaStorageError, reason)).Distinct()]);
        return new IncrementalAlterConfigsResponse
        {
            Responses = [.. outcomes.Select(static o => new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
            {
                ErrorCode = o.Error,
                ErrorMessage = o.Message,
                ResourceType = (sbyte)o.Type,
                ResourceName = o.Name,
            })],
        };
    }
}
