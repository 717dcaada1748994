using System.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Records;

/// <summary>The part of validation that walks the records inside a batch.</summary>
internal static class RecordWalk
{
    private const int WindowSize = 32 * 1024;

    /// <param name="records">What follows the header.</param>
    /// <param name="header">The batch's header.</param>
    /// <param name="rules">What the topic demands.</param>
    /// <param name="nowMs">The broker's clock.</param>
    /// <param name="maxInflatedBytes">How far to inflate: what the rules allow, or less.</param>
    /// <exception cref="InflatedTooLargeException">There is more than that, which the rules may allow.</exception>
    internal static ValidationResult Check(
        ReadOnlySpan<byte> records, in RecordBatchHeader header, ValidationRules rules, long nowMs, int maxInflatedBytes)
    {
        try
        {
            if (header.Compression == CompressionType.None) return Walk(new RecordSource(records), header, rules, nowMs);
            // The Java consumer cannot read linked blocks: what only some clients can read must not get into the log.
            if (header.Compression == CompressionType.Lz4 && Lz4Frame.ReadHeader(records).HasLinkedBlocks)
                return ValidationResult.Refused(ErrorCode.InvalidRecord, "Linked LZ4 blocks are not part of Kafka's format.", header);
            return WalkInflated(records, header, rules, nowMs, maxInflatedBytes);
        }
        catch (CorruptRecordException damage)
        {
            // The checksum was right, so the producer made it so and sending it again would not help: not CORRUPT_MESSAGE.
            return ValidationResult.Refused(ErrorCode.InvalidRecord, damage.Message, header);
        }
        catch (InflatedTooLargeException bomb) when (bomb.Limit == rules.MaxInflatedBytes)
        {
            // An honest producer can split a batch it is told is too large.
            return ValidationResult.Refused(ErrorCode.MessageTooLarge, bomb.Message, header);
        }
        catch (CodecUnavailableException missing)
        {
            return ValidationResult.Refused(ErrorCode.UnsupportedCompressionType, missing.Message, header);
        }
    }

    private static unsafe ValidationResult WalkInflated(
        ReadOnlySpan<byte> records, in RecordBatchHeader header, ValidationRules rules, long nowMs, int maxInflatedBytes)
    {
        byte[] window = ArrayPool<byte>.Shared.Rent(WindowSize);
        Inflater inflater = Inflaters.Rent(header.Compression);
        try
        {
            fixed (byte* start = records)
            {
                inflater.Start(start, records.Length);
                // The writer's claim decides nothing in the end, but it may spare a look that would be cut short.
                if (maxInflatedBytes < rules.MaxInflatedBytes && inflater.DeclaredSize > maxInflatedBytes)
                    throw new InflatedTooLargeException(maxInflatedBytes);
                return Walk(new RecordSource(inflater, window, maxInflatedBytes), header, rules, nowMs);
            }
        }
        finally
        {
            Inflaters.Return(header.Compression, inflater);
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    private static ValidationResult Walk(RecordSource source, in RecordBatchHeader header, ValidationRules rules, long nowMs)
    {
        var range = new TimestampRange(rules, nowMs);
        var faults = new RecordFaults();
        long maxTimestamp = RecordBatchHeader.NoTimestamp;
        for (int index = 0; index < header.RecordsCount; index++)
        {
            if (source.IsAtEnd())
            {
                return ValidationResult.Refused(
                    ErrorCode.InvalidRecord, $"The batch says it has {header.RecordsCount} records but has {index}.", header);
            }

            WalkedRecord record = WalkOne(ref source);
            if (record.OffsetDelta != index)
            {
                return ValidationResult.Refused(
                    ErrorCode.InvalidRecord, $"Record {index} of the batch has the offset delta {record.OffsetDelta}.", header);
            }

            long timestamp = unchecked(header.BaseTimestamp + record.TimestampDelta);
            if (timestamp > maxTimestamp) maxTimestamp = timestamp;
            if (!range.Contains(timestamp)) faults.Add(index, ErrorCode.InvalidTimestamp, range.FaultOf(timestamp)!);
            else if (rules.IsCompacted && record.IsKeyNull)
                faults.Add(index, ErrorCode.InvalidRecord, "A compacted topic needs a key in every record.");
        }

        if (!source.IsAtEnd()) return ValidationResult.Refused(ErrorCode.InvalidRecord, "Bytes follow the batch's last record.", header);
        return faults.IsEmpty ? new ValidationResult(ErrorCode.None, null, [], header, maxTimestamp) : faults.ToResult(header);
    }

    private static WalkedRecord WalkOne(ref RecordSource source)
    {
        int length = source.ReadVarint32();
        if (length <= 0) throw new CorruptRecordException("A record has no length.");
        if (!source.TryTake(length, out ReadOnlySpan<byte> body)) return WalkLarge(ref source, length);
        RecordLayout layout = RecordLayout.Read(body);
        return new WalkedRecord(layout.OffsetDelta, layout.TimestampDelta, layout.Key.IsNull);
    }

    /// <summary>A record that is larger than the window, or ends beyond the last byte: field by field.</summary>
    private static WalkedRecord WalkLarge(ref RecordSource source, int length)
    {
        long end = source.Position + length;
        source.Skip(1); // the record's attributes
        long timestampDelta = source.ReadVarint64();
        int offsetDelta = source.ReadVarint32();
        bool isKeyNull = SkipBytes(ref source, end, nullable: true);
        SkipBytes(ref source, end, nullable: true);
        int headers = source.ReadVarint32();
        if (headers < 0) throw RecordLayout.DoesNotFit();
        for (int i = 0; i < headers; i++)
        {
            // Checked in every round: a huge number of headers ends where the record does.
            if (source.Position >= end) throw RecordLayout.DoesNotFit();
            SkipBytes(ref source, end, nullable: false);
            SkipBytes(ref source, end, nullable: true);
        }

        if (source.Position != end) throw RecordLayout.DoesNotFit();
        return new WalkedRecord(offsetDelta, timestampDelta, isKeyNull);
    }

    /// <summary>Passes over a length and its bytes; true when the length says null.</summary>
    private static bool SkipBytes(ref RecordSource source, long end, bool nullable)
    {
        int length = source.ReadVarint32();
        if (length == -1 && nullable) return true;
        if (length < 0 || length > end - source.Position) throw RecordLayout.DoesNotFit();
        source.Skip(length);
        return false;
    }

    private readonly record struct WalkedRecord(int OffsetDelta, long TimestampDelta, bool IsKeyNull);
}
