using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>
/// Bounds what the members of all groups of a shard have to say of themselves. It is kept for as long as they are members, up to half an hour behind
/// the last sign of life, so no budget of requests covers it. Owned by the shard.
/// </summary>
/// <param name="maxBytes">The bound; an eighth of it is for members of up to <see cref="SmallBytes"/>.</param>
/// <param name="measure">Counts what is kept now.</param>
/// <param name="logger">Whom to tell.</param>
/// <remarks>
/// Members leave in many ways, and none of them has to be noted here: the figure only ever rises, and is taken anew when it meets the bound.
/// </remarks>
internal sealed class MemberMemory(long maxBytes, Func<long> measure, ILogger logger)
{
    /// <summary>For one shard: some ten thousand members of large deployments.</summary>
    public const long PerShard = 64 << 20;

    private const int SmallBytes = 4096;

    private long _atMost;
    private bool _isFull;

    /// <summary>Whether a member may say so much; then it counts.</summary>
    public bool TryTake(long bytes)
    {
        long most = bytes > SmallBytes ? maxBytes - maxBytes / 8 : maxBytes;
        if (_atMost + bytes > most) _atMost = measure();
        bool fits = _atMost + bytes <= most;
        if (fits) _atMost += bytes;
        else if (!_isFull) GroupEvents.MembersFillMemory(logger, _atMost, maxBytes, bytes);
        _isFull = !fits;
        return fits;
    }
}
