using Gateway.Broker.Cluster.Decisions;
using Gateway.Shards;

namespace Gateway.Broker.Cluster;

/// <summary>Asking the controller from any shard.</summary>
internal static class ControllerCalls
{
    /// <summary>Has a decision made and committed (<see cref="Controller.CommitAsync"/>).</summary>
    /// <param name="controller">Where it lives.</param>
    /// <param name="decide">Decides on the newest state, on the controller's shard.</param>
    /// <param name="offline">What to answer while the metadata log takes no records; it is given the reason.</param>
    internal static async ValueTask<TReply> CommitAsync<TReply>(
        this ShardRef<Controller> controller, Func<ClusterImage, Decision<TReply>> decide, Func<string, TReply> offline)
    {
        try
        {
            return await controller.Call(static (target, decide) => target.CommitAsync(decide), decide);
        }
        catch (ControllerOfflineException reason)
        {
            return offline(reason.Message);
        }
    }
}
