using Gateway.Common.Ids;
using Microsoft.Extensions.Logging;

namespace Gateway.Hosting;

/// <summary>What the host tells the operator.</summary>
internal static partial class HostEvents
{
    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Kafka listens on {Bound} but tells clients to connect to {Advertised}, which only this machine's own clients can reach; name the address others use with --advertise-kafka-addr host:port")]
    public static partial void NoAdvertisedAddress(ILogger logger, HostAndPort bound, HostAndPort advertised);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: finishing requests under way, flushing, closing")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped")]
    public static partial void Stopped(ILogger logger);
}
