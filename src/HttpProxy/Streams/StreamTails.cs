using System.Collections.Concurrent;
using Gateway.Client.Fetching;
using Gateway.Common.Ids;

namespace Gateway.HttpProxy.Streams;

/// <summary>The tails that streams wait at, by partition.</summary>
/// <remarks>Thread-safe. Keyed by the topic's id as well: a topic made anew under an old name has tails of its own.</remarks>
internal sealed class StreamTails(Fetcher fetcher) : IDisposable
{
    private readonly ConcurrentDictionary<(Guid TopicId, TopicPartition Partition), PartitionTail> _tails = new();
    private readonly CancellationTokenSource _stop = new();

    internal Fetcher Fetcher { get; } = fetcher;

    internal CancellationToken Stopping => _stop.Token;

    /// <summary>How many there are.</summary>
    internal int Count => _tails.Count;

    public void Dispose() => _stop.Cancel();

    /// <summary>Lets a stream wait, as <see cref="PartitionTail.TryWait"/>.</summary>
    internal bool TryWait(Guid topicId, TopicPartition partition, long offset, StreamSignal signal)
    {
        while (true)
        {
            PartitionTail tail = _tails.GetOrAdd((topicId, partition), static (key, self) => new PartitionTail(self, key), this);
            bool waits = tail.TryWait(offset, signal, out bool isGone);
            if (!isGone) return waits;
        }
    }

    internal void Forget(Guid topicId, TopicPartition partition, StreamSignal signal)
    {
        if (_tails.TryGetValue((topicId, partition), out PartitionTail? tail)) tail.Forget(signal);
    }

    internal void Remove((Guid TopicId, TopicPartition Partition) key, PartitionTail tail) => _tails.TryRemove(KeyValuePair.Create(key, tail));
}
