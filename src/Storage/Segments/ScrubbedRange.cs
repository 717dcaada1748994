using Gateway.Common.Records;
using Gateway.Storage.Execution;
using Gateway.Storage.Files;
using Gateway.Storage.Logs;

namespace Gateway.Storage.Segments;

/// <summary>What is wrong with a segment.</summary>
/// <param name="Position">Where in the file: the first batch that is not what was written.</param>
/// <param name="Offset">The offset that is due there.</param>
/// <param name="What">What is wrong.</param>
internal readonly record struct SegmentDamage(long Position, long Offset, string What);

/// <summary>A segment to be verified, as values: its log goes on meanwhile.</summary>
/// <param name="File">The file, leased.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="BaseOffset">Where it starts.</param>
/// <param name="NextOffset">Where it ends.</param>
/// <param name="LogStartOffset">Below it no epochs are known.</param>
/// <param name="IsGapless">Compaction never left gaps between its batches.</param>
/// <param name="Epochs">Which epoch wrote what.</param>
internal sealed record ScrubbedRange(
    IFile File, int Size, long BaseOffset, long NextOffset, long LogStartOffset, bool IsGapless, IReadOnlyList<EpochStart> Epochs)
{
    /// <summary>Reads all of it; null when it is what was written. Waits for the disk, and for the pace.</summary>
    internal SegmentDamage? FindDamage(DiskPace pace)
    {
        pace.Begin();
        using var scan = new BatchScan(File, 0, Size) { Order = new BatchOrder(BaseOffset, NextOffset, IsGapless), LeavesCacheAlone = true };
        int epoch = 0;
        while (scan.MoveNext())
        {
            pace.Took(scan.Header.SizeInBytes);
            if (scan.Header.LastOffset < LogStartOffset) continue;
            long offset = Math.Max(scan.Header.BaseOffset, LogStartOffset);
            while (epoch + 1 < Epochs.Count && Epochs[epoch + 1].StartOffset <= offset) epoch++;
            int expected = Epochs.Count == 0 || Epochs[epoch].StartOffset > offset ? 0 : Epochs[epoch].Epoch;
            if (scan.Header.PartitionLeaderEpoch != expected)
                return new SegmentDamage(scan.Position, scan.Header.BaseOffset, $"its leader epoch is {scan.Header.PartitionLeaderEpoch}, not {expected}");
        }

        if (!scan.EndedWell) return new SegmentDamage(scan.NextPosition, scan.Order.Next, "no whole batch with the right checksum and offset is there");
        return scan.Order.Next == NextOffset ? null : new SegmentDamage(scan.NextPosition, scan.Order.Next, $"the segment ends before offset {NextOffset}");
    }
}
