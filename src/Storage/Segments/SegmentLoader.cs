using Gateway.Common.Records;
using Gateway.Storage.Files;

namespace Gateway.Storage.Segments;

/// <summary>What a segment file holds.</summary>
/// <param name="Index">Its index, read or rebuilt.</param>
/// <param name="NextOffset">One behind its last offset.</param>
/// <param name="Size">Where its good bytes end.</param>
/// <param name="FileLength">Where its bytes end.</param>
/// <param name="MaxTimestamp">The largest timestamp.</param>
/// <param name="FirstTimestamp">The first batch's.</param>
internal sealed record SegmentContent(
    SegmentIndex Index, long NextOffset, int Size, long FileLength, long MaxTimestamp, long FirstTimestamp);

/// <summary>Learns a segment's content from its index file and, behind the last entry that can be trusted, from the segment itself.</summary>
internal static class SegmentLoader
{
    /// <summary>Waits for the disk. Touches nothing but the files, so it may run anywhere.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="file">The open segment.</param>
    /// <param name="indexPath">Its index file.</param>
    /// <param name="baseOffset">Its base offset.</param>
    /// <param name="trustedOffset">Index entries behind it may be of bytes that never became durable.</param>
    /// <param name="indexInterval">Bytes per entry for what is indexed anew.</param>
    /// <param name="isGapless">Compaction never left gaps between batches.</param>
    /// <param name="endOffset">Where it ends, when that is known: what lies behind was left by a refused append.</param>
    internal static SegmentContent Load(
        IFileSystem files, IFile file, string indexPath, long baseOffset, long trustedOffset, int indexInterval, bool isGapless,
        long endOffset = long.MaxValue)
    {
        long length = file.Length;
        SegmentIndex index = SegmentIndex.Load(files, indexPath, baseOffset, trustedOffset, length);
        SegmentContent content = Scan(file, baseOffset, length, index, trustedOffset, indexInterval, isGapless, endOffset);
        // The entry before the scan pointed at no batch: whatever the index says is worthless.
        if (content.Size == index.Last.Position && index.Last.Position > 0 && content.Size < length)
            content = Scan(file, baseOffset, length, new SegmentIndex(baseOffset), trustedOffset, indexInterval, isGapless, endOffset);
        return content;
    }

    private static SegmentContent Scan(
        IFile file, long baseOffset, long length, SegmentIndex index, long trustedOffset, int indexInterval, bool isGapless, long endOffset)
    {
        IndexEntry from = index.Last;
        long nextOffset = from.Offset;
        long maxTimestamp = from.MaxTimestampBefore;
        int indexedPosition = from.Position;
        long end = from.Position;
        long maxBatchOffset = baseOffset + int.MaxValue;
        using (var scan = new BatchScan(file, from.Position, Math.Min(length, int.MaxValue)))
        {
            while (scan.MoveNext())
            {
                // A batch checksum covers neither offset nor partition: only one that follows on is ours. Compaction leaves gaps, but only
                // in what is durable.
                if (scan.Header.BaseOffset < nextOffset || scan.Header.LastOffset > maxBatchOffset || scan.Header.LastOffset >= endOffset) break;
                if (scan.Header.BaseOffset > nextOffset && (isGapless || nextOffset >= trustedOffset)) break;
                // What was promised ended with a batch.
                if (nextOffset < trustedOffset && scan.Header.LastOffset >= trustedOffset) break;
                if (scan.Position - indexedPosition >= indexInterval)
                {
                    index.Add(new IndexEntry(scan.Header.BaseOffset, (int)scan.Position, maxTimestamp));
                    indexedPosition = (int)scan.Position;
                }

                // Compaction leaves headers without records: nothing can be found by their time.
                if (scan.Header.RecordsCount > 0) maxTimestamp = Math.Max(maxTimestamp, scan.Header.MaxTimestamp);
                nextOffset = scan.Header.LastOffset + 1;
                end = scan.NextPosition;
            }
        }

        long firstTimestamp = RecordBatchHeader.NoTimestamp;
        if (end > 0)
        {
            Span<byte> first = stackalloc byte[RecordBatchHeader.Size];
            if (file.Read(0, first) == first.Length && RecordBatchHeader.TryRead(first, out RecordBatchHeader header)) firstTimestamp = header.MaxTimestamp;
        }

        return new SegmentContent(index, nextOffset, (int)end, length, maxTimestamp, firstTimestamp);
    }
}
