using System.Net;
using Gateway.Common.Ids;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker;

/// <summary>What the broker as a whole tells the operator.</summary>
internal static partial class ModuleEvents
{
    [LoggerMessage(Level = LogLevel.Information,
        Message = "Broker started cluster={ClusterId} node={NodeId} listens={Bound} advertises={Advertised} shards={Shards} recovered={Recovered}")]
    public static partial void Started(ILogger logger, string clusterId, int nodeId, IPEndPoint bound, HostAndPort advertised, int shards, bool recovered);
}
