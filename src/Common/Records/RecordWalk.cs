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

            WalkedRecord record = WalkedRecord.Read(ref source);
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
}
