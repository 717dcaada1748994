using System.Net;
using Microsoft.Extensions.Logging;

namespace Gateway.SchemaRegistry;

/// <summary>What the registry tells its operator.</summary>
internal static partial class RegistryLog
{
    [LoggerMessage(1, LogLevel.Information, "The schema registry has read its topic: {Subjects} subjects, {Schemas} ids, up to offset {Offset}")]
    public static partial void Ready(ILogger logger, int subjects, int schemas, long offset);

    [LoggerMessage(2, LogLevel.Warning, "The schema registry cannot reach its topic and tries again: {Reason}")]
    public static partial void TopicFailed(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Warning, "The record at offset {Offset} gives out an id that stands for another schema already; it is passed over")]
    public static partial void IdTaken(ILogger logger, long offset);

    [LoggerMessage(4, LogLevel.Information, "Another registry was first; the decision is taken again")]
    public static partial void LostRace(ILogger logger);

    [LoggerMessage(5, LogLevel.Critical, "The schema registry has stopped reading its topic")]
    public static partial void Stopped(ILogger logger, Exception fault);

    [LoggerMessage(7, LogLevel.Information, "The topic {Topic} with the id {Id} is gone, and so are its associations with subjects")]
    public static partial void TopicGone(ILogger logger, string topic, string id);

    [LoggerMessage(8, LogLevel.Warning, "The registry's upkeep failed and is tried again: {Reason}")]
    public static partial void UpkeepFailed(ILogger logger, string reason);

    [LoggerMessage(9, LogLevel.Information, "Closing connection from {Remote}: it takes too little of its answer")]
    public static partial void SlowReader(ILogger logger, IPAddress? remote);

    [LoggerMessage(10, LogLevel.Error, "The record at offset {Offset} with the key {Key} cannot be applied and is passed over: {Reason}")]
    public static partial void PassedOver(ILogger logger, long offset, string key, string reason);

    [LoggerMessage(11, LogLevel.Error, "The schema registry's topic no longer has its records from offset {From} up to {Start}; whatever only they told is lost, and it is read from there")]
    public static partial void CutAway(ILogger logger, long from, long start);

    [LoggerMessage(12, LogLevel.Warning, "The record at offset {Offset} with the key {Key} is passed over: {Problem}. More of that sort are counted only")]
    public static partial void NoRegistrys(ILogger logger, long offset, string key, string problem);

    [LoggerMessage(6, LogLevel.Error, "{Operation} failed")]
    public static partial void OperationFailed(ILogger logger, string operation, Exception fault);
}
