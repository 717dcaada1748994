using Gateway.Common.Records;
using Gateway.Storage;

namespace Gateway.Broker.Partitions;

/// <content>Compaction and scrubbing, as far as they are a partition's matter: how far compaction may go, and what producers need of what it removes.</content>
public sealed partial class Partition
{
    // Markers of aborted transactions that this table has forgotten while a stored one may still know them.
    private readonly HashSet<long> _abortsForgotten = [];

    /// <summary>How much the log wants to be compacted; nothing when that cannot be told.</summary>
    internal async ValueTask<CleaningNeed> FindCleaningNeedAsync()
    {
        AssertOnShard();
        if (!MayBeCleaned) return default;
        try
        {
            return await _log!.FindCleaningNeedAsync(LastStableOffset);
        }
        catch (IOException e)
        {
            PartitionEvents.CleaningNeedUnknown(_options.Logger, Topic, Id.Partition, e.Message);
            return default;
        }
    }

    /// <summary>Compacts the log; appends and reads go on meanwhile.</summary>
    internal async ValueTask<CleaningResult> CleanAsync(LogCleaner cleaner)
    {
        AssertOnShard();
        if (!MayBeCleaned) return default;
        CleaningResult result = await _log!.CleanAsync(cleaner, new CleaningLimits(() => LastStableOffset, RememberedBatches)
        {
            HighWatermark = () => _highWatermark,
            Transactions = DecidedTransactions,
        });
        if (!IsOpen) return result;
        Traffic.SetSize(_log.SizeInBytes);
        if (result.VoidAborts is { Count: > 0 } gone) ForgetAborted(gone);
        return result;
    }

    /// <summary>Reads all rolled segments again to see that they hold what was written.</summary>
    internal ValueTask<ScrubResult> ScrubAsync(LogScrubber scrubber)
    {
        AssertOnShard();
        return IsOpen ? _log!.ScrubAsync(scrubber) : default;
    }

    // Before the producers are replayed nobody knows which batches they are remembered by.
    private bool MayBeCleaned => IsOpen && !_isReplaying;

    // Who reads with an aborted transaction in hand skips the producer's records up to its marker. So the marker may only go when neither this table
    // nor a stored one names the transaction.
    private DecidedTransactions DecidedTransactions()
    {
        AbortedTransaction[] aborted = _producers.Transactions.Aborted.ToArray();
        HashSet<long> markers = [.. aborted.Select(static one => one.LastOffset)];
        markers.UnionWith(_abortsForgotten);
        return new DecidedTransactions(aborted, markers);
    }

    private void ForgetAborted(IReadOnlySet<long> markers)
    {
        foreach (AbortedTransaction aborted in _producers.Transactions.Aborted)
        {
            if (markers.Contains(aborted.LastOffset)) _ = _abortsForgotten.Add(aborted.LastOffset);
        }
        _producers.Transactions.Forget(markers);
        if (_abortsForgotten.Count > 0) _appendedSinceSnapshot = _options.SnapshotEveryBytes;
    }
}
