using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Simulation.BrokerCut;

/// <summary>
/// An idempotent producer of one partition, as Kafka's clients are: at most five batches in flight, and whatever is not answered is sent
/// again in order with the same sequences.
/// </summary>
internal sealed class IdempotentProducer(long producerId, TopicIdPartition partition, Random random)
{
    private const int MaxInFlight = 5;

    private readonly List<SentBatch> _sent = [];
    private short _epoch;
    // Of an unknown producer any first sequence is taken (IDM-4); some begin where sequences soon wrap to 0.
    private int _nextSequence = random.Next(2) == 0 ? 0 : int.MaxValue - random.Next(60);

    internal long ProducerId => producerId;

    /// <summary>Everything it ever sent, in order: what the log must hold of it is the beginning of this.</summary>
    internal IReadOnlyList<SentBatch> Sent => _sent;

    /// <summary>What was never acknowledged, in order.</summary>
    internal IEnumerable<SentBatch> InFlight => _sent.Where(static batch => !batch.IsAcked);

    /// <summary>Sends a new batch unless too many are in flight.</summary>
    internal void Send(SteppedBroker broker, long nowMs)
    {
        int inFlight = InFlight.Count();
        if (inFlight >= MaxInFlight) return;
        // A new epoch begins at sequence 0, and only once nothing of the old one is open.
        if (inFlight == 0 && random.Next(25) == 0) (_epoch, _nextSequence) = ((short)(_epoch + 1), 0);
        SentBatch batch = NewBatch(nowMs);
        _sent.Add(batch);
        broker.Post(partition, owner => batch.Send(owner, broker));
    }

    /// <summary>Sends what was not answered again: after a restart, or because the client lost its patience and its connection.</summary>
    internal void Resend(SteppedBroker broker)
    {
        foreach (SentBatch batch in InFlight.ToArray()) broker.Post(partition, owner => batch.Send(owner, broker));
    }

    private SentBatch NewBatch(long nowMs)
    {
        var options = new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = _epoch, BaseSequence = _nextSequence };
        using var builder = new RecordBatchBuilder(options);
        int records = random.Next(1, 5);
        int largest = random.Next(8) == 0 ? 1_000 : 120;
        for (int i = 0; i < records; i++)
        {
            byte[] value = new byte[random.Next(largest)];
            random.NextBytes(value);
            builder.Append(nowMs, (byte[]?)null, value);
        }

        using RecordsLease lease = builder.Build();
        var batch = new SentBatch(_sent.LastOrDefault(), lease.Span.ToArray(), producerId, _epoch, _nextSequence, records);
        _nextSequence = (int)((_nextSequence + (long)records) & int.MaxValue);
        return batch;
    }
}
