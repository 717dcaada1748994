using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Links.Tcp;

/// <summary>How long a request lets the broker wait before it answers. Added to this side's own time limit.</summary>
internal static class ServerWait
{
    internal static TimeSpan Of(IRequest request)
    {
        int milliseconds = request switch
        {
            FetchRequest fetch => fetch.MaxWaitMs,
            ProduceRequest produce => produce.TimeoutMs,
            JoinGroupRequest join => Math.Max(join.RebalanceTimeoutMs, join.SessionTimeoutMs),
            CreateTopicsRequest create => create.TimeoutMs,
            DeleteTopicsRequest delete => delete.TimeoutMs,
            _ => 0,
        };
        return TimeSpan.FromMilliseconds(Math.Max(0, milliseconds));
    }
}
