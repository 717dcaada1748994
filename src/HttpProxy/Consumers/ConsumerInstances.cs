using Gateway.Client;
using Gateway.Client.Consuming;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>The consumer instances of this process, by group and name.</summary>
/// <remarks>Thread-safe. An instance in use does not expire.</remarks>
internal sealed class ConsumerInstances : IAsyncDisposable
{
    private readonly KafkaClient _client;
    private readonly ProxyOptions _options;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Group, string Name), ConsumerInstance> _instances = [];
    private readonly ITimer _clock;
    private bool _disposed;

    internal ConsumerInstances(KafkaClient client, ProxyOptions options)
    {
        _client = client;
        _options = options;
        TimeSpan tick = TimeSpan.FromTicks(Math.Clamp(
            options.ConsumerInstanceTimeout.Ticks / 10, TimeSpan.FromMilliseconds(100).Ticks, TimeSpan.FromSeconds(30).Ticks));
        _clock = client.Options.Time.CreateTimer(static all => ((ConsumerInstances)all!).DeleteIdle(), this, tick, tick);
    }

    /// <summary>A new instance; without a name of the client's it gets one.</summary>
    /// <exception cref="ProblemException">The name is taken, or there are too many.</exception>
    internal ConsumerInstance Create(string group, ConsumerConfig config)
    {
        string name = string.IsNullOrEmpty(config.Name) ? $"rest-consumer-{Guid.NewGuid()}" : config.Name;
        GroupConsumer consumer = _client.CreateConsumer(new ConsumerOptions
        {
            Group = group,
            OffsetReset = config.OffsetReset,
            AutoCommit = config.AutoCommit,
            MinBytes = config.MinBytes,
            HeartbeatInterval = TimeSpan.FromMilliseconds(500),
            SessionTimeout = TimeSpan.FromSeconds(15),
            RebalanceTimeout = TimeSpan.FromSeconds(10),
        });
        var instance = new ConsumerInstance(group, name, config, consumer) { LastUsed = Now };
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_instances.ContainsKey((group, name)))
                throw new ProblemException(Problem.ConsumerExists, "Consumer with specified consumer ID already exists in the specified consumer group.");
            if (_instances.Count >= _options.MaxConsumerInstances)
                throw new ProblemException(Problem.TooManyRequests, $"There are {_instances.Count} consumer instances already; delete some.");
            _instances.Add((group, name), instance);
        }
        return instance;
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
    /// <exception cref="ProblemException">There is none of that name: 40403.</exception>
    internal async ValueTask DeleteAsync(string group, string name)
    {
        ConsumerInstance? instance;
        lock (_lock)
        {
            if (!_instances.Remove((group, name), out instance)) throw NotFound();
        }
        await CloseAsync(instance).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _clock.DisposeAsync().ConfigureAwait(false);
        ConsumerInstance[] all;
        lock (_lock)
        {
            _disposed = true;
            all = [.. _instances.Values];
            _instances.Clear();
        }
        await Task.WhenAll(all.Select(static instance => CloseAsync(instance).AsTask())).ConfigureAwait(false);
    }

    internal static ProblemException NotFound() => new(Problem.ConsumerNotFound, "Consumer instance not found.");

    private long Now => _client.Options.Time.GetTimestamp();

    private static async ValueTask CloseAsync(ConsumerInstance instance)
    {
        await instance.Deleted.CancelAsync().ConfigureAwait(false);
        await instance.Consumer.DisposeAsync().ConfigureAwait(false);
    }

    // async void on purpose: a timer's callback has nobody to report to, and closing does not throw but for a bug.
    private async void DeleteIdle()
    {
        List<ConsumerInstance> idle;
        lock (_lock)
        {
            idle = [.. _instances.Values.Where(instance =>
                instance.Users == 0 && _client.Options.Time.GetElapsedTime(instance.LastUsed) >= _options.ConsumerInstanceTimeout)];
            foreach (ConsumerInstance instance in idle) _instances.Remove((instance.Group, instance.Name));
        }
        foreach (ConsumerInstance instance in idle) await CloseAsync(instance).ConfigureAwait(false);
    }
}
