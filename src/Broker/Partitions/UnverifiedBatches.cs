namespace Gateway.Broker.Partitions;

/// <summary>
/// Batches that wait until the transaction coordinator has answered for their producer, in order of arrival. Other producers' batches go on
/// meanwhile: order matters within a producer only. Owned by the partition.
/// </summary>
internal sealed class UnverifiedBatches
{
    private readonly Dictionary<long, Queue<PendingAppend>> _byProducer = [];

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a batch of the producer waits, behind which its later ones have to.</summary>
    public bool Has(long producerId) => _byProducer.Count > 0 && _byProducer.ContainsKey(producerId);

    /// <summary>Adds a batch; true when it is the producer's first, for which somebody has to ask.</summary>
    public bool Add(long producerId, PendingAppend append)
    {
        Count++;
        if (_byProducer.TryGetValue(producerId, out Queue<PendingAppend>? waiting))
        {
            waiting.Enqueue(append);
            return false;
        }
        waiting = new Queue<PendingAppend>();
        waiting.Enqueue(append);
        _byProducer.Add(producerId, waiting);
        return true;
    }

    /// <summary>Takes the producer's batches out, in order; none when they were taken before.</summary>
    public IEnumerable<PendingAppend> Take(long producerId)
    {
        if (!_byProducer.Remove(producerId, out Queue<PendingAppend>? waiting)) return [];
        Count -= waiting.Count;
        return waiting;
    }

    /// <summary>Takes all out.</summary>
    public IEnumerable<PendingAppend> TakeAll()
    {
        PendingAppend[] all = [.. _byProducer.Values.SelectMany(static waiting => waiting)];
        _byProducer.Clear();
        Count = 0;
        return all;
    }
}
