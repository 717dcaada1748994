using System.Collections.Concurrent;
using Gateway.Client.Fetching;
using Gateway.Common.Ids;

namespace Gateway.HttpProxy.Streams;

/// <summary>Where a stream waits.</summary>
/// <param name="TopicId">A topic made anew under an old name has tails of its own.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Isolation">Those who read committed records only are woken when a transaction ends.</param>
internal readonly record struct TailKey(Guid TopicId, TopicPartition Partition, IsolationLevel Isolation);

/// <summary>The tails that streams wait at, by partition.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class StreamTails(Fetcher fetcher) : IDisposable
{
    private readonly ConcurrentDictionary<TailKey, PartitionTail> _tails = new();
    private readonly CancellationTokenSource _stop = new();

    internal Fetcher Fetcher { get; } = fetcher;

    internal CancellationToken Stopping => _stop.Token;

    /// <summary>How many there are.</summary>
    internal int Count => _tails.Count;

    public void Dispose() => _stop.Cancel();

    /// <summary>Lets a stream wait, as <see cref="PartitionTail.TryWait"/>.</summary>
    internal bool TryWait(TailKey key, long offset, StreamSignal signal)
    {
        while (true)
        {
            PartitionTail tail = _tails.GetOrAdd(key, static (key, self) => new PartitionTail(self, key), this);
            bool waits = tail.TryWait(offset, signal, out bool isGone);
            if (!isGone) return waits;
        }
    }

    internal void Forget(TailKey key, StreamSignal signal)
    {
        if (_tails.TryGetValue(key, out PartitionTail? tail)) tail.Forget(signal);
    }

    internal void Remove(TailKey key, PartitionTail tail) => _tails.TryRemove(KeyValuePair.Create(key, tail));
}
