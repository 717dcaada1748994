using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>
/// Producers of which nothing is known and whose first batch the disk refused. Of an unknown producer any sequence is taken (IDM-4); were that
/// so for the next one in flight too, the first one would come again and find its place taken.
/// </summary>
internal sealed class RefusedStarts
{
    private const int MaxProducers = 1_000;

    private readonly Dictionary<long, (short Epoch, int Sequence)> _byProducer = [];

    /// <summary>The disk refused the batch of a producer of which nothing is stored.</summary>
    internal void Note(in RecordBatchHeader batch)
    {
        // Beyond the bound a producer may end with a gap that it is told of, as with every Kafka.
        if (_byProducer.Count < MaxProducers) _ = _byProducer.TryAdd(batch.ProducerId, (batch.ProducerEpoch, batch.BaseSequence));
    }

    /// <summary>The sequence that has to come first; null when the batch is it, or the producer began anew.</summary>
    internal int? DueBefore(in RecordBatchHeader batch) =>
        _byProducer.Count > 0 && _byProducer.TryGetValue(batch.ProducerId, out (short Epoch, int Sequence) first)
        && first.Epoch == batch.ProducerEpoch && first.Sequence != batch.BaseSequence
            ? first.Sequence
            : null;

    /// <summary>Something of the producer is stored.</summary>
    internal void Forget(long producerId)
    {
        if (_byProducer.Count > 0) _ = _byProducer.Remove(producerId);
    }
}
