using System.Runtime.CompilerServices;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>What is remembered of one stored batch, to know it again.</summary>
internal readonly record struct StoredBatch(int FirstSequence, int LastSequence, long BaseOffset, long LastOffset, long LogAppendTimeMs)
{
    internal static StoredBatch Of(in RecordBatchHeader stored) => new(
        stored.BaseSequence,
        stored.LastSequence,
        stored.BaseOffset,
        stored.LastOffset,
        stored.HasLogAppendTime ? stored.MaxTimestamp : RecordBatchHeader.NoTimestamp);
}

/// <summary>One producer in one partition: its epoch, its last five batches, its open transaction.</summary>
internal sealed class ProducerState(long producerId)
{
    /// <summary>How many batches a producer may have in flight, and so how many a retry may refer to.</summary>
    internal const int Window = 5;

    internal const long NoOffset = -1;

    private Batches _batches;
    private int _first;

    internal long ProducerId { get; } = producerId;

    internal short Epoch { get; private set; } = -1;

    /// <summary>The broker's clock at the last append; keeps the state from expiring, whatever times the records carry.</summary>
    internal long LastAppendMs { get; set; }

    /// <summary>Of the last marker; -1 before any.</summary>
    internal int CoordinatorEpoch { get; set; } = -1;

    /// <summary>First offset of the transaction that is open, or <see cref="NoOffset"/>.</summary>
    internal long OpenTransactionOffset { get; set; } = NoOffset;

    /// <summary>Which of the coordinator's transactions ended last here; not stored, since nothing that was verified before survives a restart.</summary>
    internal long EndedGeneration { get; set; }

    /// <summary>Batches known of this epoch, at most <see cref="Window"/>.</summary>
    internal int Count { get; private set; }

    /// <summary>Last sequence of this epoch; -1 when nothing of it is known.</summary>
    internal int LastSequence => Count == 0 ? -1 : this[Count - 1].LastSequence;

    /// <summary>The batches from the oldest to the newest.</summary>
    internal StoredBatch this[int index] => _batches[(_first + index) % Window];

    internal bool TryFind(int firstSequence, int lastSequence, out StoredBatch found)
    {
        for (int i = 0; i < Count; i++)
        {
            found = this[i];
            if (found.FirstSequence == firstSequence && found.LastSequence == lastSequence) return true;
        }

        found = default;
        return false;
    }

    /// <summary>Enters an epoch; sequences of an older one say nothing about it.</summary>
    internal void Enter(short epoch)
    {
        if (epoch == Epoch) return;
        Epoch = epoch;
        Count = 0;
        _first = 0;
    }

    internal void Add(in StoredBatch batch)
    {
        _batches[(_first + Count) % Window] = batch;
        if (Count < Window) Count++;
        else _first = (_first + 1) % Window;
    }

    [InlineArray(Window)]
    private struct Batches
    {
        private StoredBatch _batch;
    }
}
