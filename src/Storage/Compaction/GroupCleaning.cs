using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.Storage.Execution;
using Gateway.Storage.Files;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Compaction;

/// <summary>A segment to be read by a cleaning, as values: its log goes on meanwhile.</summary>
/// <param name="File">The file, leased.</param>
/// <param name="Path">Its name.</param>
/// <param name="Size">Its valid bytes.</param>
/// <param name="BaseOffset">Where it starts.</param>
/// <param name="NextOffset">Where it ends.</param>
internal readonly record struct CleanedSource(IFile File, string Path, int Size, long BaseOffset, long NextOffset)
{
    /// <summary>Leases the segment; whoever asked releases it.</summary>
    internal static CleanedSource Lease(Segment segment) =>
        new(segment.File.Acquire(), segment.File.Path, segment.Size, segment.BaseOffset, segment.NextOffset);
}

/// <summary>What came out of rewriting a group.</summary>
/// <param name="Content">The new segment; null when the only one of the group is to stay.</param>
/// <param name="BytesRead">Bytes read.</param>
/// <param name="NextHorizonMs">When the first tombstone that is left may go.</param>
internal sealed record GroupResult(SegmentContent? Content, long BytesRead, long NextHorizonMs);

/// <summary>The two passes over segments. On the cleaner's thread; they wait for the disk.</summary>
/// <param name="map">The last offset of each key.</param>
/// <param name="transactions">What becomes of transactions.</param>
/// <param name="pace">How fast.</param>
/// <param name="stopped">True when the log does not want it any more.</param>
internal sealed class GroupCleaning(OffsetMap map, TransactionFilter transactions, DiskPace pace, Func<bool> stopped)
{
    /// <summary>
    /// Notes the keys of a segment from an offset on. Returns where it had to stop: the segment's end, or the first record there was no room for.
    /// </summary>
    /// <exception cref="UncleanableException">A batch is damaged.</exception>
    internal long AddKeys(in CleanedSource source, long fromOffset)
    {
        pace.Begin();
        using var scan = new BatchScan(source.File, 0, source.Size) { LeavesCacheAlone = true };
        long nextOffset = source.BaseOffset;
        while (Next(scan, source, ref nextOffset))
        {
            RecordBatchHeader header = scan.Header;
            if (header.LastOffset < fromOffset || header.RecordsCount == 0) continue;
            // What was aborted replaces nothing.
            if (header.IsControl || transactions.IsAborted(header)) continue;
            if (AddKeysOf(scan, source, fromOffset) is { } full) return full;
        }

        return source.NextOffset;
    }

    /// <summary>Writes a group anew, without what compaction removes.</summary>
    /// <param name="group">Segments that follow each other.</param>
    /// <param name="writer">Takes what stays.</param>
    /// <param name="filter">Decides about records.</param>
    /// <param name="mapEnd">Batches from here on stay as they are.</param>
    /// <param name="batchesToKeep">Last offsets of batches that stay as headers at least.</param>
    /// <exception cref="UncleanableException">A batch is damaged.</exception>
    internal GroupResult Rewrite(
        IReadOnlyList<CleanedSource> group, CleanedSegmentWriter writer, CompactionFilter filter, long mapEnd, IReadOnlySet<long> batchesToKeep)
    {
        pace.Begin();
        long read = 0;
        long last = group[^1].NextOffset - 1;
        foreach (CleanedSource source in group)
        {
            using var scan = new BatchScan(source.File, 0, source.Size) { LeavesCacheAlone = true };
            long nextOffset = source.BaseOffset;
            while (Next(scan, source, ref nextOffset))
            {
                RecordBatchHeader header = scan.Header;
                bool mustStay = header.LastOffset == last || batchesToKeep.Contains(header.LastOffset);
                if (header.BaseOffset >= mapEnd)
                {
                    writer.Keep(header, scan.Bytes);
                    continue;
                }

                if (header.IsControl)
                {
                    RewriteMarker(scan, source, writer, mustStay);
                    continue;
                }

                transactions.Note(header);
                if (header.RecordsCount > 0 && transactions.IsAborted(header)) WriteEmpty(header, writer, mustStay);
                else if (header.RecordsCount > 0) Rewrite(scan, source, writer, filter, mustStay);
                else if (mustStay) writer.Keep(header, scan.Bytes);
                else writer.Drop();
            }

            read += source.Size;
        }

        return new GroupResult(writer.HasChanged ? writer.Finish() : null, read, filter.NextHorizonMs);
    }

    private static void Rewrite(BatchScan scan, in CleanedSource source, CleanedSegmentWriter writer, CompactionFilter filter, bool mustStay)
    {
        RecordBatchHeader header = scan.Header;
        using BatchRecords records = Open(scan, source);
        switch (Judge(filter, records, scan, source))
        {
            case BatchVerdict.Keep:
                writer.Keep(header, scan.Bytes);
                break;
            case BatchVerdict.Prune:
                using (RecordsLease pruned = RecordBatchPruner.Prune(
                    records, filter.Kept, filter.KeptCount, filter.MaxTimestamp, filter.NewHorizonMs))
                {
                    _ = RecordBatchHeader.TryRead(pruned.Span, out RecordBatchHeader written);
                    writer.Change(written, pruned.Span);
                }

                break;
            default:
                WriteEmpty(header, writer, mustStay);
                break;
        }
    }

    /// <summary>Every record goes; the header stays where somebody needs it.</summary>
    private static void WriteEmpty(in RecordBatchHeader header, CleanedSegmentWriter writer, bool mustStay)
    {
        if (!mustStay)
        {
            writer.Drop();
            return;
        }

        Span<byte> empty = stackalloc byte[RecordBatchHeader.Size];
        writer.Change(RecordBatchPruner.WriteEmpty(header, empty), empty);
    }

    private void RewriteMarker(BatchScan scan, in CleanedSource source, CleanedSegmentWriter writer, bool mustStay)
    {
        RecordBatchHeader header = scan.Header;
        try
        {
            switch (transactions.Judge(header, scan.Bytes, mustStay))
            {
                case MarkerVerdict.Keep:
                    writer.Keep(header, scan.Bytes);
                    break;
                case MarkerVerdict.Drop:
                    writer.Drop();
                    break;
                case MarkerVerdict.Date:
                    using (BatchRecords records = BatchRecords.Open(scan.Bytes))
                    using (RecordsLease dated = RecordBatchPruner.Prune(
                        records, [new RecordRun(0, records.Bytes.Length)], header.RecordsCount, header.MaxTimestamp, transactions.NewHorizonMs))
                    {
                        _ = RecordBatchHeader.TryRead(dated.Span, out RecordBatchHeader written);
                        writer.Change(written, dated.Span);
                    }

                    break;
            }
        }
        catch (CorruptRecordException damage)
        {
            throw Uncleanable(scan, source, damage);
        }
    }

    private bool Next(BatchScan scan, in CleanedSource source, ref long nextOffset)
    {
        if (stopped()) throw new PaceStoppedException();
        // Behind the last offset may lie what a refused append left.
        if (nextOffset == source.NextOffset) return false;
        if (!scan.MoveNext())
        {
            throw new UncleanableException($"{source.Path} holds no whole batch with a right checksum at position {scan.NextPosition}");
        }

        // The checksum does not cover the offset.
        if (scan.Header.BaseOffset < nextOffset || scan.Header.LastOffset >= source.NextOffset)
            throw new UncleanableException($"{source.Path} holds a batch of another offset at position {scan.Position}");
        nextOffset = scan.Header.LastOffset + 1;
        pace.Took(scan.Header.SizeInBytes);
        return true;
    }

    /// <summary>Null when all records of the batch are in the map.</summary>
    private long? AddKeysOf(BatchScan scan, in CleanedSource source, long fromOffset)
    {
        using BatchRecords records = Open(scan, source);
        RecordEnumerator walk = records.GetEnumerator();
        try
        {
            while (walk.MoveNext())
            {
                RecordView record = walk.Current;
                if (record.Offset < fromOffset || record.IsKeyNull) continue;
                if (!map.TryPut(record.Key, record.Offset)) return record.Offset;
            }
        }
        catch (CorruptRecordException damage)
        {
            throw Uncleanable(scan, source, damage);
        }

        return null;
    }

    private static BatchRecords Open(BatchScan scan, in CleanedSource source)
    {
        try
        {
            return BatchRecords.Open(scan.Bytes);
        }
        catch (Exception damage) when (damage is CorruptRecordException or InflatedTooLargeException or CodecUnavailableException)
        {
            throw Uncleanable(scan, source, damage);
        }
    }

    private static BatchVerdict Judge(CompactionFilter filter, in BatchRecords records, BatchScan scan, in CleanedSource source)
    {
        try
        {
            return filter.Judge(records);
        }
        catch (CorruptRecordException damage)
        {
            throw Uncleanable(scan, source, damage);
        }
    }

    private static UncleanableException Uncleanable(BatchScan scan, in CleanedSource source, Exception damage) =>
        new($"the batch at offset {scan.Header.BaseOffset} in {source.Path} cannot be read ({damage.Message})", damage);
}
