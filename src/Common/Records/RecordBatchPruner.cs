using Gateway.Common.Buffers;

namespace Gateway.Common.Records;

/// <summary>Records of a batch that lie behind each other: positions in <see cref="BatchRecords.Bytes"/>.</summary>
/// <param name="Start">Where the first starts.</param>
/// <param name="End">Where the last ends.</param>
public readonly record struct RecordRun(int Start, int End);

/// <summary>
/// Rewrites a batch with fewer records, as compaction does (LOG-3): offsets, producer, sequence, epoch and codec stay, so that whoever counts on
/// the batch's boundaries finds them.
/// </summary>
public static class RecordBatchPruner
{
    /// <summary>The batch with the records of some runs, with its checksum. The caller owns the lease.</summary>
    /// <param name="records">The whole batch.</param>
    /// <param name="kept">What stays, in order.</param>
    /// <param name="count">How many records that is; at least one.</param>
    /// <param name="maxTimestamp">Their highest timestamp; a batch with the broker's own time keeps the one it has.</param>
    /// <param name="deleteHorizonMs">From when on tombstones may go (LOG-4); null leaves the batch's own, if it has one.</param>
    public static RecordsLease Prune(
        in BatchRecords records, IReadOnlyList<RecordRun> kept, int count, long maxTimestamp, long? deleteHorizonMs)
    {
        RecordBatchHeader header = records.Header;
        using var plain = new GrowingBuffer(RecordBatchHeader.Size, RecordBatchHeader.Size + records.Bytes.Length);
        for (int i = 0; i < kept.Count; i++)
        {
            ReadOnlySpan<byte> run = records.Bytes[kept[i].Start..kept[i].End];
            if (deleteHorizonMs is { } horizon) MoveBase(plain, run, unchecked(header.BaseTimestamp - horizon));
            else plain.Write(run);
        }

        RecordBatchHeader pruned = header with
        {
            Attributes = deleteHorizonMs is null ? header.Attributes : (short)(header.Attributes | RecordBatchHeader.DeleteHorizonBit),
            BaseTimestamp = deleteHorizonMs ?? header.BaseTimestamp,
        };
        return Close(plain, pruned, count, maxTimestamp, plain.Length / 2);
    }

    /// <summary>As above, of records that are only passed: what is in memory of them is what stays. Nothing else may walk them.</summary>
    /// <param name="records">The whole batch.</param>
    /// <param name="kept">What stays, in order.</param>
    /// <param name="count">How many records that is; at least one.</param>
    /// <param name="keptBytes">How many bytes.</param>
    /// <param name="maxTimestamp">Their highest timestamp; a batch with the broker's own time keeps the one it has.</param>
    public static RecordsLease Prune(in StreamedRecords records, IReadOnlyList<RecordRun> kept, int count, int keptBytes, long maxTimestamp)
    {
        RecordSource source = records.Source();
        using var plain = new GrowingBuffer(RecordBatchHeader.Size, RecordBatchHeader.Size + keptBytes);
        for (int i = 0; i < kept.Count; i++)
        {
            source.Skip(kept[i].Start - (int)source.Position);
            source.CopyTo(plain, kept[i].End - kept[i].Start);
        }
        // Fewer records than were compressed before: they will hardly need more room than those did.
        return Close(plain, records.Header, count, maxTimestamp, (int)Math.Min(plain.Length, records.Header.SizeInBytes));
    }

    private static RecordsLease Close(GrowingBuffer plain, in RecordBatchHeader header, int count, long maxTimestamp, int compressedSize)
    {
        RecordsLease result;
        if (header.Compression == CompressionType.None)
        {
            result = plain.Detach();
        }
        else
        {
            using var compressed = new GrowingBuffer(RecordBatchHeader.Size, RecordBatchHeader.Size + compressedSize);
            Compression.CompressInto(compressed, header.Compression, null, plain.Written[RecordBatchHeader.Size..]);
            result = compressed.Detach();
        }

        RecordBatchHeader closed = header with
        {
            BatchLength = result.Length - RecordBatchHeader.LengthPrefix,
            MaxTimestamp = header.HasLogAppendTime ? header.MaxTimestamp : maxTimestamp,
            RecordsCount = count,
        };
        closed.Write(result.WritableMemory.Span);
        RecordBatchBytes.SetCrc(result.WritableMemory.Span);
        return result;
    }

    /// <summary>The batch without any record: a header that still says which offsets and sequences it stood for.</summary>
    /// <param name="header">The batch's header.</param>
    /// <param name="destination">61 bytes.</param>
    /// <returns>What was written.</returns>
    public static RecordBatchHeader WriteEmpty(in RecordBatchHeader header, Span<byte> destination)
    {
        RecordBatchHeader empty = header with
        {
            BatchLength = RecordBatchHeader.Size - RecordBatchHeader.LengthPrefix,
            // No records, no codec: an empty stream is not what a codec writes.
            Attributes = (short)(header.Attributes & ~RecordBatchHeader.CodecMask),
            RecordsCount = 0,
        };
        Span<byte> batch = destination[..RecordBatchHeader.Size];
        empty.Write(batch);
        RecordBatchBytes.SetCrc(batch);
        return empty;
    }

    /// <summary>Writes records with timestamp deltas that count from another base. They were walked before, so they are records.</summary>
    private static void MoveBase(GrowingBuffer to, ReadOnlySpan<byte> run, long shift)
    {
        for (int at = 0; at < run.Length;)
        {
            bool isRecord = Varint.TryRead32(run, ref at, out int length);
            ReadOnlySpan<byte> body = run.Slice(at, length);
            at += length;
            int behindTimestamp = 1;
            isRecord &= Varint.TryRead64(body, ref behindTimestamp, out long delta);
            Errors.Invariant.Check(isRecord);
            delta = unchecked(delta + shift);
            ReadOnlySpan<byte> rest = body[behindTimestamp..];
            int newLength = 1 + Varint.SizeOf(delta) + rest.Length;
            Span<byte> record = to.GetSpan(Varint.MaxSize32 + newLength);
            int end = Varint.Write(record, newLength);
            record[end++] = body[0];
            end += Varint.Write(record[end..], delta);
            rest.CopyTo(record[end..]);
            to.Advance(end + rest.Length);
        }
    }
}
