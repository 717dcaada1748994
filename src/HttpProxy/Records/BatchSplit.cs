using Gateway.Common.Records;

namespace Gateway.HttpProxy.Records;

/// <summary>What was read, batch by batch, for who waits in between.</summary>
internal static class BatchSplit
{
    /// <summary>What is inflated between two moments in which others get on.</summary>
    internal const int BytesPerTurn = 256 * 1024;

    /// <summary>The whole batches.</summary>
    internal static List<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> batches)
    {
        var split = new List<ReadOnlyMemory<byte>>();
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches.Span)) split.Add(batches.Slice(batch.Position, batch.Bytes.Length));
        return split;
    }
}
