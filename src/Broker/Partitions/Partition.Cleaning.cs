using Gateway.Storage;

namespace Gateway.Broker.Partitions;

/// <content>Compaction and scrubbing, as far as they are a partition's matter: how far compaction may go, and what producers need of what it removes.</content>
public sealed partial class Partition
{
    /// <summary>How much the log wants to be compacted; nothing when that cannot be told.</summary>
    internal async ValueTask<CleaningNeed> FindCleaningNeedAsync()
    {
        AssertOnShard();
        if (!MayBeCleaned) return default;
        try
        {
            return await _log!.FindCleaningNeedAsync(CommittedOffset());
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
        CleaningResult result = await _log!.CleanAsync(cleaner, new CleaningLimits(CommittedOffset, RememberedBatches));
        if (IsOpen) Traffic.SetSize(_log.SizeInBytes);
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

    private long CommittedOffset() => Math.Min(_highWatermark, _producers.FirstOpenTransactionOffset ?? long.MaxValue);
}
