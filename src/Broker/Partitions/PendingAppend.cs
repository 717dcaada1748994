using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>A batch on its way into a partition. The partition owns the records from the moment it is handed over.</summary>
internal sealed class PendingAppend(ProducedBatch batch)
{
    private bool _answered;

    /// <summary>What was handed over. Its records are gone once the check has run: <see cref="Accepted"/> owns them then.</summary>
    public ProducedBatch Batch { get; } = batch;

    /// <summary>What checking found; null before.</summary>
    public AcceptedBatch? Accepted { get; private set; }

    /// <summary>True while another thread reads the records: they may not be disposed then.</summary>
    public bool IsBeingChecked { get; set; }

    /// <summary>Says what the check found.</summary>
    public void SetAccepted(AcceptedBatch accepted)
    {
        IsBeingChecked = false;
        Accepted = accepted;
        if (_answered) accepted.Records?.Dispose();
    }

    /// <summary>Gives the batch up with an answer.</summary>
    public void Refuse(in AppendOutcome outcome)
    {
        _answered = true;
        if (Accepted is { } accepted) accepted.Records?.Dispose();
        else if (!IsBeingChecked) Batch.Records.Dispose();
        Batch.Reply.Complete(outcome);
    }
}

/// <summary>A batch somebody wants appended.</summary>
/// <param name="Records">The batch. Whoever hands this over gives the lease away, and must have been its only owner: it is patched.</param>
/// <param name="Origin">Whose it is.</param>
/// <param name="AckAt">When to answer.</param>
/// <param name="Reply">Whom to answer.</param>
/// <param name="AllowsZstd">False for produce versions below 7, whose consumers would not know the codec (PRD-6).</param>
public readonly record struct ProducedBatch(RecordsLease Records, AppendOrigin Origin, AckAt AckAt, IAppendReply Reply, bool AllowsZstd = true);
