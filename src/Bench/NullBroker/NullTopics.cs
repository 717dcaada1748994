using System.Collections.Concurrent;

namespace Gateway.Bench.NullBroker;

/// <summary>Topics by name, with the next offset of each partition: all that a broker without storage remembers.</summary>
internal sealed class NullTopics
{
    private readonly ConcurrentDictionary<string, NullTopic> _topics = new(StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public IEnumerable<NullTopic> All => _topics.Values;

    /// <summary>Makes a topic unless it is there.</summary>
    public NullTopic Create(string name, int partitions) => _topics.GetOrAdd(name, static (n, p) => new NullTopic(n, p), partitions);

    /// <summary>The topic of that name, or null.</summary>
    public NullTopic? Find(string name) => _topics.GetValueOrDefault(name);

    /// <summary>Forgets a topic.</summary>
    public bool Delete(string name) => _topics.TryRemove(name, out _);
}

/// <summary>A topic that keeps nothing.</summary>
internal sealed class NullTopic(string name, int partitions)
{
    private readonly long[] _nextOffsets = new long[partitions];

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its id.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>How many partitions.</summary>
    public int Partitions => _nextOffsets.Length;

    /// <summary>Offsets for some records.</summary>
    public long Take(int partition, int records) => Interlocked.Add(ref _nextOffsets[partition], records) - records;

    /// <summary>The next offset.</summary>
    public long Next(int partition) => Volatile.Read(ref _nextOffsets[partition]);
}
