using System.Net;
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
    internal ConsumerInstance Create(string group, IPAddress client, ConsumerConfig config)
    {
        string name = string.IsNullOrEmpty(config.Name) ? $"rest-consumer-{Guid.NewGuid()}" : config.Name;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_instances.ContainsKey((group, name)))
                throw new ProblemException(Problem.ConsumerExists, "Consumer with specified consumer ID already exists in the specified consumer group.");
            RequireRoom(client);
            var instance = new ConsumerInstance(group, name, client, config, CreateConsumer(group, config)) { LastUsed = Now };
            _instances.Add((group, name), instance);
            return instance;
        }
    }

    private GroupConsumer CreateConsumer(string group, ConsumerConfig config) => _client.CreateConsumer(new ConsumerOptions
    {
        Group = group,
        OffsetReset = config.OffsetReset,
        AutoCommit = config.AutoCommit,
        MinBytes = config.MinBytes,
        Isolation = config.Isolation,
        HeartbeatInterval = TimeSpan.FromMilliseconds(500),
        SessionTimeout = TimeSpan.FromSeconds(15),
        RebalanceTimeout = TimeSpan.FromSeconds(10),
    });

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

    private void RequireRoom(IPAddress client)
    {
        if (_instances.Count >= _options.MaxConsumerInstances)
            throw Full(_instances.Values, $"There are {_instances.Count} consumer instances already; delete some.");
        if (_options.MaxConsumerInstancesPerClient >= _options.MaxConsumerInstances) return;
        ConsumerInstance[] own = [.. _instances.Values.Where(instance => instance.Client.Equals(client))];
        if (own.Length >= _options.MaxConsumerInstancesPerClient)
            throw Full(own, $"{client} has {own.Length} consumer instances already, which is the limit for one address; delete some.");
    }

    /// <summary>With the time in which the one that has rested longest expires, unless somebody uses it again.</summary>
    private ProblemException Full(IReadOnlyCollection<ConsumerInstance> instances, string why)
    {
        TimeSpan rest = instances.Max(instance => instance.Users > 0 ? TimeSpan.Zero : _client.Options.Time.GetElapsedTime(instance.LastUsed));
        double wait = Math.Max((_options.ConsumerInstanceTimeout - rest).TotalSeconds, 1);
        return new ProblemException(Problem.Of(Problem.TooManyRequests, why) with { RetryAfterSeconds = (int)Math.Ceiling(wait) });
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
