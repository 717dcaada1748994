using System.Buffers;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Storage.Execution;
using Gateway.Storage.Files;

namespace Gateway.Storage.Segments;

/// <summary>A read of one segment, as values: it may run on another thread while the log goes on.</summary>
/// <param name="Start">A batch boundary at or before the wanted batch.</param>
/// <param name="End">Where the valid bytes end.</param>
/// <param name="FetchOffset">The offset the first batch must contain or be behind.</param>
/// <param name="Limit">Batches that reach it are left out.</param>
/// <param name="MaxBytes">The most bytes.</param>
/// <param name="AtLeastOneBatch">Give the first batch even when it is larger.</param>
/// <param name="Trusted">Bytes whose checksums need no check.</param>
/// <param name="EndOffset">One behind the segment's last offset.</param>
/// <param name="IsGapless">Compaction never left gaps between its batches.</param>
internal readonly record struct SegmentRead(
    IndexEntry Start, int End, long FetchOffset, long Limit, int MaxBytes, bool AtLeastOneBatch, (int From, int To) Trusted,
    long EndOffset, bool IsGapless)
{
    /// <summary>How many bytes behind it a read that waits has fetched ahead.</summary>
    internal int Ahead { get; init; }

    /// <summary>How many bytes are given at most, if fewer than <see cref="MaxBytes"/>. A batch that those have room for is given whole all the same.</summary>
    internal int? AtMost { get; init; }

    private const int WalkSize = 4096;

    private const int ResidentPieceBytes = 128 << 10;

    // What lies between two entries of an index, usually: to be had in one go instead of page by page.
    private const int WalkAhead = 64 << 10;

    /// <summary>Reads from the device. Waits.</summary>
    /// <param name="file">The segment.</param>
    /// <param name="atMost">So many bytes, or one batch; however many were asked for.</param>
    /// <param name="ahead">How many bytes behind, which the next read will want, are to be fetched ahead.</param>
    internal SegmentReadResult RunCold(IFile file, int atMost, int ahead)
    {
        file.StartReading(Start.Position, Math.Min(WalkAhead, End - Start.Position));
        SegmentRead read = this with { AtMost = atMost, Ahead = ahead };
        _ = read.TryRun(file, mayWait: true, out SegmentReadResult result);
        return result;
    }

    /// <summary>
    /// Reads. False when bytes are not in the page cache and <paramref name="mayWait"/> is false; then nothing was allocated that
    /// is not given back.
    /// </summary>
    internal bool TryRun(IFile file, bool mayWait, out SegmentReadResult result)
    {
        result = default;
        if (!TryLocate(file, mayWait, out int position, out RecordBatchHeader first, out ErrorCode error)) return false;
        if (error != ErrorCode.None || position < 0)
        {
            result = new SegmentReadResult(error, null, FetchOffset, 0, 0);
            return true;
        }

        if (first.SizeInBytes > MaxBytes && !AtLeastOneBatch)
        {
            result = new SegmentReadResult(ErrorCode.None, null, FetchOffset, position, position);
            return true;
        }

        int length = (int)Math.Min(End - position, Math.Max(Math.Min(MaxBytes, AtMost ?? MaxBytes), first.SizeInBytes));
        RecordsLease lease = RecordsLease.RentUnmanaged(length);
        bool isFilled = false;
        try
        {
            isFilled = TryFill(file, position, lease.WritableMemory.Span, mayWait);
        }
        finally
        {
            // Also when the device fails: readers come again and again, and no collector frees this memory.
            if (!isFilled) lease.Recycle();
        }

        if (!isFilled) return false;
        result = Trim(lease, position, first.BaseOffset, mayWait);
        return true;
    }

    private bool TryLocate(IFile file, bool mayWait, out int position, out RecordBatchHeader header, out ErrorCode error)
    {
        header = default;
        error = ErrorCode.None;
        position = Start.Position;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(WalkSize);
        try
        {
            int bufferStart = 0, buffered = 0;
            var order = new BatchOrder(Start.Offset, EndOffset, IsGapless);
            while (position < End)
            {
                if (position + RecordBatchHeader.Size > bufferStart + buffered || position < bufferStart)
                {
                    bufferStart = position;
                    buffered = Math.Min(WalkSize, End - position);
                    if (!TryFill(file, position, buffer.AsSpan(0, buffered), mayWait)) return false;
                }

                if (!RecordBatchHeader.TryRead(buffer.AsSpan(position - bufferStart, buffered - (position - bufferStart)), out header)
                    || !BatchScan.IsPlausible(header) || !order.Allows(header) || position + header.SizeInBytes > End)
                {
                    error = ErrorCode.CorruptMessage;
                    return true;
                }

                if (header.LastOffset >= Limit) break;
                if (header.LastOffset >= FetchOffset) return true;
                order = order with { Next = header.LastOffset + 1 };
                position += (int)header.SizeInBytes;
            }

            // A segment ends with a batch that ends where the next one starts; one that ends earlier has lost something.
            if (position >= End && order.Next < Math.Min(Limit, EndOffset)) error = ErrorCode.CorruptMessage;
            position = -1;
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private SegmentReadResult Trim(RecordsLease lease, int position, long expected, bool cold)
    {
        long nextOffset = FetchOffset;
        int length = 0;
        ErrorCode error = ErrorCode.None;
        var order = new BatchOrder(expected, EndOffset, IsGapless);
        RecordBatchEnumerator walk = RecordBatches.Enumerate(lease.Span);
        while (walk.MoveNext())
        {
            RecordBatchSpan batch = walk.Current;
            if (order.Next == EndOffset) break; // What a refused append left.
            bool isInOrder = order.Allows(batch.Header);
            if (isInOrder && batch.Header.LastOffset >= Limit) break;
            int start = position + batch.Position;
            bool trusted = !cold && start >= Trusted.From && start + batch.Bytes.Length <= Trusted.To;
            if (!isInOrder || (!trusted && !RecordBatchBytes.HasValidCrc(batch.Bytes)))
            {
                error = ErrorCode.CorruptMessage;
                break;
            }

            nextOffset = batch.Header.LastOffset + 1;
            order = order with { Next = nextOffset };
            length = walk.Position;
        }

        if (walk.End == BatchWalkEnd.NotABatch && order.Next < EndOffset) error = ErrorCode.CorruptMessage;
        if (length == lease.Length) return new SegmentReadResult(ErrorCode.None, lease, nextOffset, position, position + length);
        if (length == 0)
        {
            lease.Recycle();
            return new SegmentReadResult(error, null, FetchOffset, position, position);
        }

        // What is right in front of the damage is still given; the next read meets the damage itself.
        lease.Shorten(length);
        return new SegmentReadResult(ErrorCode.None, lease, nextOffset, position, position + length);
    }

    private bool TryFill(IFile file, int position, Span<byte> buffer, bool mayWait)
    {
        int done = 0;
        if (mayWait)
        {
            if (Ahead > 0) file.StartReading(position, (int)Math.Min(End - position, (long)buffer.Length + Ahead));
            // In pieces, or whoever else wants the device would wait for all of them at once.
            for (; done < buffer.Length; done += ColdReads.PieceBytes)
            {
                Span<byte> piece = buffer[done..Math.Min(buffer.Length, done + ColdReads.PieceBytes)];
                if (file.Read(position + done, piece) < piece.Length) ThrowShort(position + done);
            }

            return true;
        }

        while (done < buffer.Length)
        {
            // In pieces as well: the system answers at once, but it begins to fetch whatever was asked for.
            int read = file.TryReadResident(position + done, buffer[done..Math.Min(buffer.Length, done + ResidentPieceBytes)]);
            if (read <= 0) return false;
            done += read;
        }

        return true;
    }

    private static void ThrowShort(int position) => throw new IOException($"A segment ends before position {position} it had grown beyond");
}

/// <summary>What a read of a segment gave.</summary>
/// <param name="Error">None or CorruptMessage.</param>
/// <param name="Records">The batches; null when there are none.</param>
/// <param name="NextOffset">One behind the last batch.</param>
/// <param name="From">Where the verified bytes start.</param>
/// <param name="To">Where they end.</param>
internal readonly record struct SegmentReadResult(ErrorCode Error, RecordsLease? Records, long NextOffset, int From, int To);
