using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Client.Producing;

/// <summary>One batch on its way, over all attempts: its bytes, its sequence numbers, and what is still in doubt.</summary>
internal sealed class Delivery(RecordsLease bytes, int count)
{
    /// <summary>The identity in the batch, or null.</summary>
    internal ProducerIdentity? Stamp { get; private set; }

    /// <summary>True when the stamp was taken back once already.</summary>
    internal bool WasRestamped { get; private set; }

    /// <summary>True when an attempt has left this side at least once.</summary>
    internal bool WasSent { get; set; }

    /// <summary>True when an attempt may have been stored although no answer says so.</summary>
    internal bool InDoubt { get; set; }

    /// <summary>True when fresh metadata does not have the partition.</summary>
    internal bool TopicIsGone { get; set; }

    /// <summary>Writes producer id, epoch and the lane's next sequence into the batch. Only while no attempt is under way.</summary>
    internal void StampWith(PartitionLane lane, ProducerIdentity identity)
    {
        if (lane.Identity != identity) (lane.Identity, lane.NextSequence) = (identity, 0);
        Stamp = identity;
        RecordBatchBytes.SetProducer(bytes.WritableMemory.Span, identity.Id, identity.Epoch, lane.NextSequence);
    }

    /// <summary>Takes the stamp back; the next attempt gets a new one.</summary>
    internal void Unstamp()
    {
        Stamp = null;
        WasRestamped = true;
    }

    /// <summary>The lane's sequence moves past this batch. Only when it is known to be stored.</summary>
    internal void CountSequences(PartitionLane lane)
    {
        if (Stamp is not null) lane.NextSequence = (int)((lane.NextSequence + (long)count) & int.MaxValue);
    }

    /// <summary>The bytes for one attempt: shared, so that they stay as they are for the next.</summary>
    internal RecordsLease NextBytes() => bytes.Share();
}
