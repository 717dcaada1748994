using Gateway.Client.Connections;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol;

namespace Gateway.Client.Topology;

/// <summary>
/// Sends requests without records to the broker that serves them and repeats them while the error is a passing one.
/// Requests are built per attempt, since their shape depends on the version the link speaks and a link may keep them.
/// </summary>
internal sealed class RequestRouter(BrokerLinks links, MetadataCache metadata, Coordinators coordinators, ClientOptions options)
{
    /// <summary>Sends to any broker.</summary>
    internal ValueTask<TResponse> ToAnyAsync<TResponse>(
        Func<IBrokerLink, IRequest<TResponse>> build, Func<TResponse, ErrorCode> errorOf, CancellationToken cancel)
        where TResponse : class, IResponse, new() =>
        RepeatAsync(static (_, _) => ValueTask.FromResult<(ErrorCode, HostAndPort?)>((ErrorCode.None, null)), "", build, errorOf, cancel);

    /// <summary>Sends to the controller, where clients bring changes of topics and configs; to any broker when none is known.</summary>
    internal ValueTask<TResponse> ToControllerAsync<TResponse>(
        Func<IBrokerLink, IRequest<TResponse>> build, Func<TResponse, ErrorCode> errorOf, CancellationToken cancel)
        where TResponse : class, IResponse, new() =>
        RepeatAsync(FindControllerAsync, "", build, errorOf, cancel);

    /// <summary>Sends to the group's coordinator.</summary>
    internal ValueTask<TResponse> ToCoordinatorAsync<TResponse>(
        string group, Func<IBrokerLink, IRequest<TResponse>> build, Func<TResponse, ErrorCode> errorOf, CancellationToken cancel)
        where TResponse : class, IResponse, new() =>
        RepeatAsync(FindCoordinatorAsync, group, build, errorOf, cancel);

    private async ValueTask<TResponse> RepeatAsync<TResponse>(
        Func<string, CancellationToken, ValueTask<(ErrorCode Error, HostAndPort? Address)>> find,
        string group,
        Func<IBrokerLink, IRequest<TResponse>> build,
        Func<TResponse, ErrorCode> errorOf,
        CancellationToken cancel)
        where TResponse : class, IResponse, new()
    {
        var pause = new RetryPause(options, options.ApiTimeout);
        while (true)
        {
            Exception? broken = null;
            TResponse? answer = null;
            ErrorCode error;
            try
            {
                (error, HostAndPort? address) = await find(group, cancel).ConfigureAwait(false);
                if (error == ErrorCode.None)
                {
                    IBrokerLink link = address is { } known
                        ? await links.ToAsync(known, cancel).ConfigureAwait(false)
                        : await links.ToAnyAsync(cancel).ConfigureAwait(false);
                    answer = await link.SendAsync(build(link), cancel).ConfigureAwait(false);
                    error = errorOf(answer);
                }
            }
            catch (LinkClosedException failure)
            {
                (error, broken) = (ErrorCode.NetworkException, failure);
                if (group.Length > 0) coordinators.Forget(group);
            }
            catch (ApiNotSupportedException missing)
            {
                throw new KafkaErrorException(ErrorCode.UnsupportedVersion, missing.Message, missing);
            }

            ErrorClass kind = ErrorClasses.Of(error);
            if (kind is ErrorClass.None or ErrorClass.Fatal && answer is not null) return answer;
            if (kind == ErrorClass.Fatal) throw new KafkaErrorException(error, $"No coordinator for group '{group}': {error.KafkaName()}");
            if (kind == ErrorClass.RefreshCoordinator) coordinators.Forget(group);
            if (error == ErrorCode.NotController) await metadata.RefreshClusterAsync(cancel).ConfigureAwait(false);
            if (await pause.WaitAsync(cancel).ConfigureAwait(false)) continue;
            return answer
                ?? throw new KafkaErrorException(error, broken?.Message ?? $"Gave up after {options.ApiTimeout.TotalSeconds:0} s: {error.KafkaName()}", broken);
        }
    }

    private async ValueTask<(ErrorCode Error, HostAndPort? Address)> FindCoordinatorAsync(string group, CancellationToken cancel)
    {
        (ErrorCode error, HostAndPort address) = await coordinators.FindAsync(group, cancel).ConfigureAwait(false);
        return (error, address);
    }

    private async ValueTask<(ErrorCode Error, HostAndPort? Address)> FindControllerAsync(string group, CancellationToken cancel)
    {
        ClusterView cluster = metadata.Cluster;
        if (cluster.Brokers.IsEmpty) cluster = await metadata.RefreshClusterAsync(cancel).ConfigureAwait(false);
        return (ErrorCode.None, cluster.Brokers.TryGetValue(cluster.ControllerId, out HostAndPort address) ? address : null);
    }
}
