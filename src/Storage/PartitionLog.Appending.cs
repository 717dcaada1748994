using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Segments;

namespace Gateway.Storage;

/// <content>From a batch to bytes in the active segment and a frame for the journal; when a new segment begins.</content>
public sealed partial class PartitionLog
{
    // A flush of the journal waits for what the device was given before it: the larger the pieces, the longer the slowest flushes.
    private const int WritebackBytes = 256 << 10;

    // Nobody waits for these, and fewer pieces cost less.
    private const int CachedWritebackBytes = 2 << 20;

    /// <summary>
    /// Appends whole, validated batches: patches each one's base offset and leader epoch in place and copies the bytes. The caller
    /// keeps the lease. A flush starts on its own, unless <see cref="LogSettings.WriteCaching"/> leaves it to <see cref="Flush"/>.
    /// </summary>
    public AppendResult Append(RecordsLease batches)
    {
        if (_status != LogStatus.Open) return AppendResult.Not(AppendStatus.Offline);
        if (_pendingTruncations > 0 || !_context.Journal.HasRoom(batches.Length))
        {
            Flush();
            return AppendResult.Not(AppendStatus.Busy);
        }

        _context.Demand.NoteAppend();
        Span<byte> bytes = batches.WritableMemory.Span;
        (long endOffset, long maxTimestamp) = Stamp(bytes);
        try
        {
            if (MustRoll(bytes.Length, endOffset - 1, maxTimestamp)) Roll();
            // The first write makes the file, and a checkpoint may have synced the directory since the segment was added.
            if (Active.Size == 0) _namesVersion++;
            Active.Write(bytes);
        }
        catch (DiskFullException)
        {
            Active.DiscardBehindEnd();
            return AppendResult.Not(AppendStatus.DiskFull);
        }
        catch (IOException failure)
        {
            _context.Fail(failure);
            return AppendResult.Not(AppendStatus.Offline);
        }

        long baseOffset = LogEndOffset;
        if (MustHold(bytes.Length))
        {
            int position = Active.Size;
            Accept(bytes, endOffset);
            Hold(baseOffset, position, bytes.Length);
            return new AppendResult(AppendStatus.Appended, baseOffset, endOffset);
        }

        long sequence = _context.Journal.Add(new FrameRequest(this, FrameKind.Append, baseOffset, LeaderEpoch, endOffset, Generation), bytes);
        if (sequence <= 0)
        {
            Active.DiscardBehindEnd();
            return AppendResult.Not(sequence == 0 ? AppendStatus.Busy : AppendStatus.Offline);
        }

        _lastSequence = sequence;
        Accept(bytes, endOffset);
        return new AppendResult(AppendStatus.Appended, baseOffset, endOffset);
    }

    /// <summary>Patches base offsets and epoch into the batches; returns the end offset and the largest timestamp.</summary>
    private (long EndOffset, long MaxTimestamp) Stamp(Span<byte> bytes)
    {
        long next = LogEndOffset;
        long maxTimestamp = RecordBatchHeader.NoTimestamp;
        int at = 0;
        while (at < bytes.Length)
        {
            bool whole = RecordBatchHeader.TryRead(bytes[at..], out RecordBatchHeader header)
                && BatchScan.IsPlausible(header) && header.SizeInBytes <= bytes.Length - at;
            Invariant.Check(whole);
            RecordBatchBytes.SetBaseOffset(bytes[at..], next);
            RecordBatchBytes.SetPartitionLeaderEpoch(bytes[at..], LeaderEpoch);
            next += header.LastOffsetDelta + 1L;
            maxTimestamp = Math.Max(maxTimestamp, header.MaxTimestamp);
            at += (int)header.SizeInBytes;
        }

        Invariant.Check(at > 0);
        return (next, maxTimestamp);
    }

    private void Accept(ReadOnlySpan<byte> bytes, long endOffset)
    {
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(bytes)) Active.Accept(batch.Header);
        LogEndOffset = endOffset;
        if (Active.TakeWriteback(Settings.WriteCaching ? CachedWritebackBytes : WritebackBytes) is { } writeback) _context.Syncs.Post(writeback.Run);
    }

    private bool MustRoll(int length, long lastOffset, long maxTimestamp)
    {
        Segment active = Active;
        if (active.Size == 0) return false;
        if ((long)active.Size + length > Settings.SegmentBytes) return true;
        if (active.Index.SizeInBytes + SegmentIndex.EntrySize > Settings.SegmentIndexBytes) return true;
        if (lastOffset - active.BaseOffset > int.MaxValue) return true;
        long age = active.FirstTimestamp >= 0 && maxTimestamp >= 0 ? maxTimestamp - active.FirstTimestamp : _context.NowMs - active.CreatedMs;
        return age > Settings.SegmentMs - JitterOf(active);
    }

    // Fixed per segment: a jitter drawn anew at each append would always end at its largest.
    private long JitterOf(Segment segment) =>
        Settings.SegmentJitterMs <= 0 ? 0 : (long)((ulong)segment.BaseOffset * 0x9E37_79B9_7F4A_7C15 >> 1) % Settings.SegmentJitterMs;

    private void Roll()
    {
        Active.IndexEnd();
        AddSegment(LogEndOffset);
    }

    private void AddSegment(long baseOffset)
    {
        _segments.Add(Segment.Create(_context.Segments, _directory, baseOffset, _context.NowMs, Settings.IndexIntervalBytes));
        _namesVersion++;
        CountBytes();
    }

    // Everybody asks for the size at every append, so it is counted when segments come and go.
    private void CountBytes()
    {
        _bytesBeforeActive = 0;
        for (int i = 0; i + 1 < _segments.Count; i++) _bytesBeforeActive += _segments[i].Size;
    }
}
