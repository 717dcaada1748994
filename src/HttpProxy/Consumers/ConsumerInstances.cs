using System.Net;
using Gateway.Client;
using Gateway.Client.Consuming;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.HttpProxy.Consumers.Keeping;
using Gateway.HttpProxy.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Consumers;

/// <summary>The consumer instances of this proxy, by group and name. They come back with the process, as its topic has kept them.</summary>
/// <remarks>Thread-safe. An instance in use does not expire.</remarks>
internal sealed class ConsumerInstances : IAsyncDisposable
{
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(5);

    private readonly KafkaClient _client;
    private readonly ProxyOptions _options;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Group, string Name), ConsumerInstance> _instances = [];
    private readonly Dictionary<(string Group, string Name), Task> _leaving = [];
    private readonly ITimer _clock;
    private readonly CancellationTokenSource _stop = new();
    private Task? _loading;
    private bool _disposed;

    internal ConsumerInstances(KafkaClient client, KafkaClient keeper, ProxyOptions options, ILogger log)
    {
        (_client, _options, _log) = (client, options, log);
        Keeping = new InstanceKeeping(options.ConsumersTopic.Length > 0 ? new InstanceTopic(client, keeper, options, log) : null, log);
        if (!Keeping.IsOn) _loading = Task.CompletedTask;
        TimeSpan tick = TimeSpan.FromTicks(Math.Clamp(
            options.ConsumerInstanceTimeout.Ticks / 10, TimeSpan.FromMilliseconds(100).Ticks, TimeSpan.FromSeconds(30).Ticks));
        _clock = client.Options.Time.CreateTimer(static all => ((ConsumerInstances)all!).Tick(), this, tick, tick);
    }

    /// <summary>What outlives the process.</summary>
    internal InstanceKeeping Keeping { get; }

    private long Now => _client.Options.Time.GetTimestamp();

    internal static ProblemException NotFound() => new(Problem.ConsumerNotFound, "Consumer instance not found.");

    /// <summary>Waits until the instances of the process before are there. What fails is tried again by the next who asks.</summary>
    /// <exception cref="KafkaErrorException">The topic cannot be read.</exception>
    internal ValueTask ReadyAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_loading is { IsCompletedSuccessfully: true }) return ValueTask.CompletedTask;
            if (_loading is null or { IsCompleted: true }) _loading = Task.Run(LoadAsync, CancellationToken.None);
            return new ValueTask(_loading.WaitAsync(cancel));
        }
    }

    /// <summary>A new instance; without a name of the client's it gets one.</summary>
    /// <exception cref="ProblemException">The name is taken, there are too many, or it cannot be kept.</exception>
    internal async ValueTask<ConsumerInstance> CreateAsync(string group, IPAddress client, ConsumerConfig config, CancellationToken cancel)
    {
        await ReadyAsync(cancel).ConfigureAwait(false);
        string given = _options.Id.Length == 0 ? "" : _options.Id + "-";
        string name = string.IsNullOrEmpty(config.Name) ? $"rest-consumer-{given}{Guid.NewGuid()}" : config.Name;
        ConsumerInstance? instance = null;
        while (instance is null)
        {
            Task? leaving;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (_instances.ContainsKey((group, name)))
                    throw new ProblemException(Problem.ConsumerExists, "Consumer with specified consumer ID already exists in the specified consumer group.");
                if (!_leaving.TryGetValue((group, name), out leaving))
                {
                    InstanceRoom.Require(_options, _client.Options.Time, _instances.Values, client);
                    instance = new ConsumerInstance(group, name, new InstanceState(client, config), CreateConsumer(group, name, config)) { LastUsed = Now };
                    _instances.Add((group, name), instance);
                }
            }
            // The end of the one before has to stand before the beginning of this one.
            if (leaving is not null) await leaving.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
        }
        try
        {
            await Keeping.ChangeAsync(instance, static state => new(state)).ConfigureAwait(false);
            return instance;
        }
        catch
        {
            lock (_lock) _instances.Remove((group, name));
            await instance.CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>An instance for one request; give it back with <see cref="Return"/>.</summary>
    /// <exception cref="ProblemException">There is none of that name: 40403.</exception>
    internal ConsumerInstance Borrow(string group, string name)
    {
        lock (_lock)
        {
            if (!_instances.TryGetValue((group, name), out ConsumerInstance? instance)) throw NotFound();
            instance.Users++;
            return instance;
        }
    }

    internal void Return(ConsumerInstance instance)
    {
        lock (_lock)
        {
            instance.Users--;
            instance.LastUsed = Now;
        }
    }

    /// <summary>Takes an instance out and lets it leave its group.</summary>
    /// <exception cref="ProblemException">There is none of that name: 40403. Its end cannot be kept: it is still there.</exception>
    internal async ValueTask DeleteAsync(string group, string name, CancellationToken cancel)
    {
        await ReadyAsync(cancel).ConfigureAwait(false);
        Task leaving;
        lock (_lock)
        {
            if (!_instances.TryGetValue((group, name), out ConsumerInstance? instance)) throw NotFound();
            leaving = Leave(instance);
        }
        await leaving.ConfigureAwait(false);
    }

    /// <summary>Keeps where the instances are and gives up their consumers; they are not deleted by that.</summary>
    public async ValueTask DisposeAsync()
    {
        await _clock.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        Task loading;
        lock (_lock)
        {
            _disposed = true;
            loading = Task.WhenAll([_loading ?? Task.CompletedTask, .. _leaving.Values]);
        }
        await loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ConsumerInstance[] all;
        lock (_lock)
        {
            all = [.. _instances.Values];
            _instances.Clear();
        }
        await Task.WhenAll(all.Select(StopAsync)).ConfigureAwait(false);
        await Keeping.DisposeAsync().ConfigureAwait(false);
    }

    private GroupConsumer CreateConsumer(string group, string name, ConsumerConfig config) => _client.CreateConsumer(new ConsumerOptions
    {
        Group = group,
        // A name of its own in the group, where it comes back: its place there is waiting for it.
        InstanceId = !Keeping.IsOn ? null : _options.Id.Length == 0 ? name : $"{_options.Id}-{name}",
        HiddenTopics = [_options.ConsumersTopic],
        OffsetReset = config.OffsetReset,
        AutoCommit = config.AutoCommit,
        MinBytes = config.MinBytes,
        Isolation = config.Isolation,
        HeartbeatInterval = TimeSpan.FromMilliseconds(500),
        SessionTimeout = TimeSpan.FromSeconds(15),
        RebalanceTimeout = TimeSpan.FromSeconds(10),
    });

    private async Task LoadAsync()
    {
        foreach ((string group, string name, InstanceState state) in await Keeping.ReadAsync(_stop.Token).ConfigureAwait(false))
        {
            GroupConsumer consumer = CreateConsumer(group, name, state.Config);
            try
            {
                consumer.StartAt(state.Places);
                if (state.Partitions.Length > 0) consumer.Assign(state.Partitions);
                else if (state.Pattern is { } pattern) await consumer.SubscribeAsync(SubscriptionEndpoints.Compile(pattern)).ConfigureAwait(false);
                else if (state.Topics.Length > 0) await consumer.SubscribeAsync(state.Topics).ConfigureAwait(false);
            }
            catch (ProblemException failure)
            {
                _log.LogWarning("Consumer instance {Name} of group {Group} is not restored: {Why}", name, group, failure.Message);
                await consumer.DisposeAsync().ConfigureAwait(false);
                continue;
            }
            lock (_lock) _instances[(group, name)] = new ConsumerInstance(group, name, state, consumer) { LastUsed = Now, IsKept = true };
        }
    }

    /// <summary>Takes an instance out; under the lock. It is put back if that cannot be kept.</summary>
    private Task Leave(ConsumerInstance instance)
    {
        (string, string) key = (instance.Group, instance.Name);
        _instances.Remove(key);
        return _leaving[key] = Task.Run(LeaveAsync, CancellationToken.None);

        async Task LeaveAsync()
        {
            try
            {
                await Keeping.EndAsync(instance).ConfigureAwait(false);
            }
            catch
            {
                lock (_lock)
                {
                    _instances[key] = instance;
                    _leaving.Remove(key);
                }
                throw;
            }
            await instance.CloseAsync().ConfigureAwait(false);
            lock (_lock) _leaving.Remove(key);
        }
    }

    /// <summary>The end of the process, not of the instance: what is committed by itself is committed, and where it stands is kept.</summary>
    private async Task StopAsync(ConsumerInstance instance)
    {
        await instance.Deleted.CancelAsync().ConfigureAwait(false);
        if (Keeping.IsOn && !instance.State.Config.AutoCommit)
        {
            // The process ends also where the cluster does not answer.
            using var patience = new CancellationTokenSource(s_stopPatience);
            await Keeping.KeepPlacesAsync(instance, instance.Positions(), patience.Token).ConfigureAwait(false);
        }
        await instance.Consumer.DisposeAsync().ConfigureAwait(false);
    }

    // async void on purpose: a timer's callback has nobody to report to, and what it does not catch is a bug.
    private async void Tick()
    {
        try
        {
            // Also where nobody asks: those whose clients have gone for good expire.
            await ReadyAsync(CancellationToken.None).ConfigureAwait(false);
            Task[] leaving;
            lock (_lock)
            {
                if (_disposed) return;
                leaving = [.. _instances.Values.Where(IsIdle).ToArray().Select(Leave)];
            }
            await Task.WhenAll(leaving).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ProblemException or KafkaErrorException or CorruptRecordException or OperationCanceledException or ObjectDisposedException)
        {
            _log.LogWarning("Consumer instances could not be restored or expired, and are tried again: {Why}", failure.Message);
        }
    }

    private bool IsIdle(ConsumerInstance instance) =>
        instance.Users == 0 && _client.Options.Time.GetElapsedTime(instance.LastUsed) >= _options.ConsumerInstanceTimeout;
}
