using Gateway.Client;
using Gateway.Client.Consuming;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Consumers.Keeping;

/// <summary>Keeps what consumer instances are and where they read, so that it outlives the process.</summary>
/// <remarks>Thread-safe: whoever changes an instance holds its <see cref="ConsumerInstance.Keeping"/>.</remarks>
internal sealed class InstanceKeeping(InstanceTopic? topic, ILogger log) : IAsyncDisposable
{
    /// <summary>Whether anything is kept beyond the process.</summary>
    internal bool IsOn => topic is not null;

    public ValueTask DisposeAsync() => topic?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>What was kept of the instances of the process before.</summary>
    /// <exception cref="KafkaErrorException">The topic cannot be read.</exception>
    internal async ValueTask<IReadOnlyList<(string Group, string Name, InstanceState State)>> ReadAsync(CancellationToken cancel) =>
        topic is null ? [] : [.. await topic.ReadAsync(cancel).ConfigureAwait(false)];

    /// <summary>Changes what an instance is, and keeps what it is then.</summary>
    /// <exception cref="ProblemException">The instance has gone, or is not known to be kept.</exception>
    internal async ValueTask ChangeAsync(ConsumerInstance instance, Func<InstanceState, ValueTask<InstanceState>> change)
    {
        await instance.Keeping.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (instance.IsGone) throw ConsumerInstances.NotFound();
            instance.State = await change(instance.State).ConfigureAwait(false);
            instance.IsKept = false;
            if (topic is not null) await topic.WriteAsync(instance.Group, instance.Name, instance.State).ConfigureAwait(false);
            instance.IsKept = true;
        }
        finally
        {
            instance.Keeping.Release();
        }
    }

    /// <summary>
    /// Keeps the ends of logs that a poll has started from: the process after this one would find later ones, and what lies between would be lost.
    /// </summary>
    internal async ValueTask KeepFoundEndsAsync(ConsumerInstance instance)
    {
        if (topic is null) return;
        IReadOnlyDictionary<TopicPartition, long> ends = instance.Consumer.TakeFoundEnds();
        if (ends.Count > 0 || !instance.IsKept) await KeepPlacesAsync(instance, ends, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Keeps that an instance is no more; nothing is kept of it from then on.</summary>
    /// <exception cref="ProblemException">That cannot be kept.</exception>
    internal async ValueTask EndAsync(ConsumerInstance instance)
    {
        await instance.Keeping.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (topic is not null) await topic.WriteAsync(instance.Group, instance.Name, null).ConfigureAwait(false);
            instance.IsGone = true;
        }
        finally
        {
            instance.Keeping.Release();
        }
    }

    /// <summary>Keeps where an instance is; at worst it reads again what it has read, from where it was before.</summary>
    internal async ValueTask KeepPlacesAsync(ConsumerInstance instance, IReadOnlyDictionary<TopicPartition, long> offsets, CancellationToken cancel)
    {
        if (offsets.Count == 0 && instance.IsKept) return;
        try
        {
            IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = await instance.CommittedAsync([.. offsets.Keys], cancel).ConfigureAwait(false);
            await ChangeAsync(instance, state => new(state.WithPlaces(offsets, committed))).AsTask().WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ProblemException or KafkaErrorException or ObjectDisposedException or OperationCanceledException)
        {
            // The records that were read are the client's; another poll tries again.
            instance.IsKept = false;
            log.LogWarning("Where consumer instance {Name} of group {Group} reads could not be kept: {Why}", instance.Name, instance.Group, failure.Message);
        }
    }
}
