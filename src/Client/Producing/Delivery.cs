using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Client.Producing;

/// <summary>One batch on its way, over all attempts: its bytes, its sequence numbers, and what is still in doubt.</summary>
/// <param name="bytes">The batch, which this takes.</param>
/// <param name="count">How many records it has.</param>
/// <param name="hasChecksum">Whether its checksum is that of its bytes.</param>
internal sealed class Delivery(RecordsLease bytes, int count, bool hasChecksum) : IDisposable
{
    private RecordsLease _bytes = bytes;
    private bool _hasChecksum = hasChecksum;

    // What the header was before a broker got it to write to; null as long as none did.
    private RecordBatchHeader? _lent;

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

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    /// <summary>Writes producer id, epoch and the lane's next sequence into the batch. Only while no attempt is under way.</summary>
    internal void StampWith(PartitionLane lane, ProducerIdentity identity)
    {
        if (lane.Identity != identity) (lane.Identity, lane.NextSequence) = (identity, 0);
        Stamp = identity;
        TakeBack();
        RecordBatchBytes.SetProducer(_bytes.WritableMemory.Span, identity.Id, identity.Epoch, lane.NextSequence);
        _hasChecksum = false;
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

    /// <summary>
    /// The bytes for one attempt by a broker of this process, who may write to their header and makes the checksum if there is none
    /// (<see cref="HasChecksum"/>): one look at them less, and no copy.
    /// </summary>
    internal RecordsLease Lend()
    {
        TakeBack();
        // Somebody else's memory is not ours to lend.
        if (!_bytes.IsExclusive) return Share();
        RecordBatchHeader.TryRead(_bytes.Span, out RecordBatchHeader header);
        _lent = header;
        return _bytes.Lend();
    }

    /// <summary>The bytes for one attempt by any other: shared, so that they stay as they are for the next.</summary>
    internal RecordsLease Share()
    {
        Complete();
        return _bytes.Share();
    }

    /// <summary>Whether their checksum is that of the bytes.</summary>
    internal bool HasChecksum => _hasChecksum;

    /// <summary>The records, as they were sent.</summary>
    internal IReadOnlyList<Record> ReadRecords()
    {
        Complete();
        return RecordReader.ReadAll(_bytes.Memory);
    }

    private void Complete()
    {
        TakeBack();
        if (!_hasChecksum) RecordBatchBytes.SetCrc(_bytes.WritableMemory.Span);
        _hasChecksum = true;
    }

    /// <summary>
    /// The batch in memory of its own, as it was before a broker got it: whether that one is still at it, nobody knows. It writes to no record, so those
    /// can be read all the same.
    /// </summary>
    private void TakeBack()
    {
        if (_lent is not { } header) return;
        RecordsLease own = RecordsLease.Rent(_bytes.Length);
        header.Write(own.WritableMemory.Span);
        _bytes.Span[RecordBatchHeader.Size..].CopyTo(own.WritableMemory.Span[RecordBatchHeader.Size..]);
        _bytes.Dispose();
        (_bytes, _lent) = (own, null);
    }
}
