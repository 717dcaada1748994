using System.Collections.Concurrent;
using Gateway.Client.Connections;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Topology;

/// <summary>Which broker coordinates a group.</summary>
/// <remarks>Thread-safe. Kept per group until a broker says it is wrong; bounded, since group names come from outside.</remarks>
internal sealed class Coordinators(BrokerLinks links)
{
    private const int MaxKnown = 10_000;
    private const sbyte GroupKey = 0;
    private readonly ConcurrentDictionary<string, HostAndPort> _known = new(StringComparer.Ordinal);

    internal void Forget(string group) => _known.TryRemove(group, out _);

    /// <summary>The coordinator's address, or the error the lookup gave.</summary>
    internal async ValueTask<(ErrorCode Error, HostAndPort Address)> FindAsync(string group, CancellationToken cancel)
    {
        if (_known.TryGetValue(group, out HostAndPort known)) return (ErrorCode.None, known);
        IBrokerLink link = await links.ToAnyAsync(cancel).ConfigureAwait(false);
        bool manyKeys = link.NegotiatedVersion(ApiKey.FindCoordinator) >= 4;
        var request = new FindCoordinatorRequest { KeyType = GroupKey };
        if (manyKeys) request.CoordinatorKeys = [group];
        else request.Key = group;
        FindCoordinatorResponse answer = await link.SendAsync(request, cancel).ConfigureAwait(false);

        (ErrorCode error, HostAndPort address) = (answer.ErrorCode, new HostAndPort(answer.Host, answer.Port));
        if (manyKeys)
        {
            if (answer.Coordinators.Find(found => found.Key == group) is not { } found) return (ErrorCode.CoordinatorNotAvailable, default);
            (error, address) = (found.ErrorCode, new HostAndPort(found.Host, found.Port));
        }
        if (error != ErrorCode.None) return (error, default);
        if (_known.Count >= MaxKnown) _known.Clear();
        _known[group] = address;
        return (ErrorCode.None, address);
    }
}
