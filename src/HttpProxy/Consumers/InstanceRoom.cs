using System.Net;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>How many consumer instances there may be, of all clients and of each.</summary>
internal static class InstanceRoom
{
    /// <summary>Refuses another instance where there are enough.</summary>
    /// <exception cref="ProblemException">There are: 429.</exception>
    internal static void Require(ProxyOptions options, TimeProvider time, IReadOnlyCollection<ConsumerInstance> instances, IPAddress client)
    {
        if (instances.Count >= options.MaxConsumerInstances)
            throw Full(options, time, instances, $"There are {instances.Count} consumer instances already; delete some.");
        if (options.MaxConsumerInstancesPerClient >= options.MaxConsumerInstances) return;
        ConsumerInstance[] own = [.. instances.Where(instance => instance.Client.Equals(client))];
        if (own.Length >= options.MaxConsumerInstancesPerClient)
            throw Full(options, time, own, $"{client} has {own.Length} consumer instances already, which is the limit for one address; delete some.");
    }

    /// <summary>With the time in which the one that has rested longest expires, unless somebody uses it again.</summary>
    private static ProblemException Full(ProxyOptions options, TimeProvider time, IReadOnlyCollection<ConsumerInstance> instances, string why)
    {
        TimeSpan rest = instances.Max(instance => instance.Users > 0 ? TimeSpan.Zero : time.GetElapsedTime(instance.LastUsed));
        double wait = Math.Max((options.ConsumerInstanceTimeout - rest).TotalSeconds, 1);
        return new ProblemException(Problem.Of(Problem.TooManyRequests, why) with { RetryAfterSeconds = (int)Math.Ceiling(wait) });
    }
}
