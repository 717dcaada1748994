using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>
/// A batch on its way into a partition. The partition owns the records from the moment it is handed over. Belongs to the partition's
/// shard, and is another batch's once it is answered.
/// </summary>
internal sealed class PendingAppend
{
    private bool _answered;

    private PendingAppend()
    {
    }

    /// <summary>What was handed over. Its records are gone once the check has run: <see cref="Accepted"/> owns them then.</summary>
    public ProducedBatch Batch { get; private set; }

    /// <summary>What checking found; null before.</summary>
    public AcceptedBatch? Accepted { get; private set; }

    /// <summary>True while another thread reads the records: they may not be disposed then.</summary>
    public bool IsBeingChecked { get; set; }

    /// <summary>Of a transactional batch: which of the coordinator's transactions it was verified for; 0 before.</summary>
    public long Generation { get; set; }

    public static PendingAppend Of(in ProducedBatch batch)
    {
        PendingAppend append = Spares<PendingAppend>.Take() ?? new PendingAppend();
        append.Batch = batch;
        append.Generation = batch.Generation;
        return append;
    }

    /// <summary>Says what the check found.</summary>
    public void SetAccepted(in AcceptedBatch accepted)
    {
        IsBeingChecked = false;
        Accepted = accepted;
        if (!_answered) return;
        accepted.Records?.Recycle();
        Recycle();
    }

    /// <summary>Puts other bytes in the place of the ones that were accepted.</summary>
    public void Replace(RecordsLease records)
    {
        AcceptedBatch accepted = Accepted!.Value;
        accepted.Records!.Recycle();
        Accepted = accepted with { Records = records };
    }

    /// <summary>Gives the batch up with an answer. This is the last that may be done with it.</summary>
    public void Refuse(in AppendOutcome outcome)
    {
        IAppendReply reply = Batch.Reply;
        _answered = true;
        if (Accepted is { } accepted)
        {
            accepted.Records?.Recycle();
            Recycle();
        }
        else if (!IsBeingChecked)
        {
            Batch.Records.Recycle();
            Recycle();
        }
        reply.Complete(outcome);
    }

    /// <summary>Leaves the object to another batch; its records are somebody else's, or gone.</summary>
    public void Recycle()
    {
        _answered = false;
        Batch = default;
        Accepted = null;
        Generation = 0;
        Spares<PendingAppend>.Give(this);
    }
}

/// <summary>A batch somebody wants appended.</summary>
/// <param name="Records">The batch. Whoever hands this over gives the lease away, and must have been its only owner: it is patched.</param>
/// <param name="Origin">Whose it is.</param>
/// <param name="AckAt">When to answer.</param>
/// <param name="Reply">Whom to answer.</param>
/// <param name="AllowsZstd">False for produce versions below 7, whose consumers would not know the codec (PRD-6).</param>
public readonly record struct ProducedBatch(RecordsLease Records, AppendOrigin Origin, AckAt AckAt, IAppendReply Reply, bool AllowsZstd = true)
{
    /// <summary>Where the log has to end when it is the batch's turn; −1 for anywhere.</summary>
    public long ExpectedEndOffset { get; init; } = -1;

    /// <summary>Whether its checksum is still to be made: it comes from this process, and was never anywhere else.</summary>
    public bool LacksChecksum { get; init; }

    /// <summary>May its header carry an idempotency key? On a socket nobody may send one.</summary>
    public bool MayHaveKey { get; init; }

    /// <summary>The transaction a client's request is part of; null without.</summary>
    public TransactionalProduce? Transaction { get; init; }

    /// <summary>Of a coordinator's own transactional batch: which of its transactions it is part of.</summary>
    public long Generation { get; init; }

    /// <summary>What a marker stands for; null for other batches.</summary>
    public TransactionEnd? End { get; init; }
}
