using Gateway.Common.Records;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Logs;

/// <content>Applying journal frames to segments that may have them already.</content>
internal sealed partial class LogRecovery
{
    private void Apply(FoundFrame found, long voidFrom, long trustedOffset)
    {
        JournalFrame frame = found.Frame;
        switch (frame.Kind)
        {
            case FrameKind.Append:
                ApplyAppend(found, voidFrom, trustedOffset);
                break;
            case FrameKind.Truncate:
                // Below what was synced later, the segments already are as they were after this cut. And where a lower cut follows, what
                // lies here may be of the time after that one, when this offset need not be a boundary any more.
                if (frame.Offset >= trustedOffset && frame.Offset < voidFrom && frame.Offset < EndOffset) CutTo(frame.Offset);
                _epochs.TruncateTo(frame.Offset);
                break;
            case FrameKind.EpochStart:
                // The log ended here: what lies behind and is of an earlier epoch is left of an append that was refused.
                if (frame.Offset >= trustedOffset && frame.Offset < voidFrom && EpochStoredAt(frame.Offset) < frame.Epoch) CutTo(frame.Offset);
                if (frame.Epoch > _epochs.Latest) _epochs.Add(frame.Epoch, Math.Max(frame.Offset, LastEpochStart));
                break;
            case FrameKind.LogStart:
                _epochs.AdvanceStart(frame.Offset);
                break;
        }

        FramesReplayed++;
    }

    private long LastEpochStart => _epochs.Starts.Count == 0 ? 0 : _epochs.Starts[^1].StartOffset;

    private void ApplyAppend(FoundFrame found, long voidFrom, long trustedOffset)
    {
        if (found.Frame.Offset >= voidFrom) return;
        ReadOnlySpan<byte> payload = found.ReadPayload();
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(payload))
        {
            if (batch.Header.BaseOffset >= voidFrom) return;
            if (batch.Header.LastOffset < trustedOffset) continue;
            if (batch.Header.BaseOffset < EndOffset)
            {
                if (IsStored(batch)) continue;
                CutTo(batch.Header.BaseOffset);
            }

            if (batch.Header.BaseOffset != EndOffset)
            {
                throw new DamagedLogException(
                    $"{_directory} ends at offset {EndOffset}, but the journal goes on at {batch.Header.BaseOffset}");
            }

            Append(batch);
        }
    }

    private void Append(in RecordBatchSpan batch)
    {
        Segment active = _segments[^1];
        bool full = active.Size > 0
            && ((long)active.Size + batch.Bytes.Length > ReplaySegmentBytes || batch.Header.LastOffset - active.BaseOffset > int.MaxValue);
        if (full)
        {
            AddNew(EndOffset);
            active = _segments[^1];
        }

        active.Write(batch.Bytes);
        active.Accept(batch.Header);
    }

    private bool IsStored(in RecordBatchSpan batch)
    {
        Segment segment = _segments.FindLast(WithBaseUpTo(batch.Header.BaseOffset))!;
        IndexEntry floor = segment.FloorFor(batch.Header.BaseOffset);
        IFile file = segment.File.Acquire();
        try
        {
            using var scan = new BatchScan(file, floor.Position, segment.Size, headersOnly: true);
            while (scan.MoveNext() && scan.Header.BaseOffset < batch.Header.BaseOffset)
            {
            }

            if (scan.Header.BaseOffset != batch.Header.BaseOffset || scan.Header.SizeInBytes != batch.Bytes.Length) return false;
            byte[] stored = new byte[batch.Bytes.Length];
            if (file.Read(scan.Position, stored) < stored.Length || !batch.Bytes.SequenceEqual(stored)) return false;
            segment.Recent.Add(batch.Header.LastOffset + 1, (int)scan.NextPosition);
            return true;
        }
        finally
        {
            segment.File.Release();
        }
    }

    /// <summary>The epoch of the batch that starts at an offset; above every other when there is none.</summary>
    private int EpochStoredAt(long offset)
    {
        if (offset >= EndOffset || _segments.FindLast(WithBaseUpTo(offset)) is not { } segment) return int.MaxValue;
        IFile file = segment.File.Acquire();
        try
        {
            if (!segment.IsLoaded) return int.MaxValue;
            using var scan = new BatchScan(file, segment.FloorFor(offset).Position, segment.Size, headersOnly: true);
            while (scan.MoveNext() && scan.Header.BaseOffset < offset)
            {
            }

            return scan.Header.BaseOffset == offset ? scan.Header.PartitionLeaderEpoch : int.MaxValue;
        }
        finally
        {
            segment.File.Release();
        }
    }

    private static Predicate<Segment> WithBaseUpTo(long offset) => segment => segment.BaseOffset <= offset;

    private void CutTo(long endOffset)
    {
        // What the batches behind the cut said of epochs goes with them: what is replayed there may be of an earlier one.
        _ = _epochsInTail.RemoveAll(start => start.StartOffset >= endOffset);
        while (_segments.Count > 1 && _segments[^1].BaseOffset >= endOffset)
        {
            _segments[^1].File.Remove();
            _files.Delete(_segments[^1].IndexPath);
            _segments.RemoveAt(_segments.Count - 1);
        }

        Segment last = _segments[^1];
        IFile file = last.File.Acquire();
        try
        {
            if (!last.IsLoaded)
                last.SetContent(SegmentLoader.Load(_files, file, last.IndexPath, last.BaseOffset, endOffset, _indexInterval, _isGapless), isLast: true);
            if (last.NextOffset == endOffset)
            {
                // What a refused append left behind the end must not lie between what was stored and what is replayed.
                if (file.Length > last.Size) last.Truncate(endOffset, last.Size, last.MaxTimestamp);
                return;
            }

            IndexEntry floor = last.Index.FloorByOffset(endOffset);
            long maxTimestamp = floor.MaxTimestampBefore;
            long position = floor.Position;
            using var scan = new BatchScan(file, floor.Position, last.Size, headersOnly: true);
            while (scan.MoveNext() && scan.Header.LastOffset < endOffset)
            {
                maxTimestamp = Math.Max(maxTimestamp, scan.Header.MaxTimestamp);
                position = scan.NextPosition;
            }

            if (scan.Header.BaseOffset != endOffset)
                throw new DamagedLogException($"{last.File.Path} has no batch boundary at offset {endOffset}, where the journal cuts it");
            BytesCut += last.Size - position;
            last.Truncate(endOffset, (int)position, maxTimestamp);
        }
        finally
        {
            last.File.Release();
        }
    }
}
