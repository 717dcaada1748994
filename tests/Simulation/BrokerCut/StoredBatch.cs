using Gateway.Common.Records;

namespace Gateway.Simulation.BrokerCut;

/// <summary>A batch as it was read.</summary>
internal sealed class StoredBatch(RecordBatchHeader header, byte[] bytes)
{
    // Base offset and leader epoch are the broker's to write; length and everything from the magic byte on are the producer's (PRD-22).
    private const int LengthPosition = 8;
    private const int LeaderEpochPosition = 12;
    private const int MagicPosition = 16;

    internal RecordBatchHeader Header { get; } = header;

    internal byte[] Bytes { get; } = bytes;

    internal long Base => Header.BaseOffset;

    internal long Next => Header.LastOffset + 1;

    internal static List<StoredBatch> AllOf(ReadOnlySpan<byte> records)
    {
        var batches = new List<StoredBatch>();
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(records)) batches.Add(new StoredBatch(batch.Header, batch.Bytes.ToArray()));
        return batches;
    }

    internal bool IsAsSent(ReadOnlySpan<byte> sent) =>
        Bytes.AsSpan(LengthPosition..LeaderEpochPosition).SequenceEqual(sent[LengthPosition..LeaderEpochPosition])
        && Bytes.AsSpan(MagicPosition).SequenceEqual(sent[MagicPosition..]);
}
