using Gateway.Common.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Common.Records;

/// <summary>A produced batch after the topic's rules were applied to it.</summary>
/// <param name="Result">What validation found; the lease is null unless it is valid.</param>
/// <param name="Records">The batch to append, owned by whoever asked.</param>
/// <param name="LogAppendTimeMs">What the produce answers: the broker's time, or -1 where the producer's counts (PRD-20).</param>
public readonly record struct AcceptedBatch(ValidationResult Result, RecordsLease? Records, long LogAppendTimeMs);

/// <summary>Takes a produced batch in: validates it and makes it what the topic stores.</summary>
public static class RecordBatchIntake
{
    /// <summary>
    /// Takes over <paramref name="records"/>, whose only owner the caller must be: a batch is patched in place, and disposed when it is
    /// refused or replaced by a recompressed one.
    /// </summary>
    /// <param name="records">The batch.</param>
    /// <param name="rules">What the topic demands.</param>
    /// <param name="nowMs">The broker's clock.</param>
    /// <param name="allowsZstd">False for produce versions below 7, whose consumers would not know the codec.</param>
    /// <param name="lacksChecksum">Whether its checksum is to be made instead of checked: of what was made in this process.</param>
    public static AcceptedBatch Accept(RecordsLease records, ValidationRules rules, long nowMs, bool allowsZstd = true, bool lacksChecksum = false) =>
        Accept(records, rules, nowMs, allowsZstd, lacksChecksum, rules.MaxInflatedBytes);

    /// <summary>
    /// As <see cref="Accept(RecordsLease, ValidationRules, long, bool, bool)"/>, unless the records inflate to more than
    /// <paramref name="maxInflatedBytes"/>: then it has cost no more than inflating those, says false, and the caller still owns the
    /// records, of which nothing but a checksum that they lacked was touched. A few compressed bytes may stand for very many.
    /// </summary>
    public static bool TryAccept(
        RecordsLease records, ValidationRules rules, long nowMs, bool allowsZstd, bool lacksChecksum, int maxInflatedBytes, out AcceptedBatch accepted)
    {
        int bound = Math.Min(maxInflatedBytes, rules.MaxInflatedBytes);
        try
        {
            accepted = Accept(records, rules, nowMs, allowsZstd, lacksChecksum, bound);
            return true;
        }
        catch (InflatedTooLargeException) when (bound < rules.MaxInflatedBytes)
        {
            accepted = default;
            return false;
        }
    }

    private static AcceptedBatch Accept(
        RecordsLease records, ValidationRules rules, long nowMs, bool allowsZstd, bool lacksChecksum, int maxInflatedBytes)
    {
        // First, since it goes through the bytes from front to back: who then looks into each record finds them in the processor's cache.
        if (lacksChecksum && records.Length >= RecordBatchHeader.Size) RecordBatchBytes.SetCrc(records.WritableMemory.Span);
        ValidationResult result = RecordBatchValidator.Validate(records.Span, rules, nowMs, allowsZstd, lacksChecksum, maxInflatedBytes);
        try
        {
            if (result.IsValid && rules.Compression is CompressionType codec && codec != result.Header.Compression)
            {
                RecordsLease recompressed = RecordBatchRecompressor.Recompress(
                    records.Span, codec, rules.CompressionLevel, maxInflatedBytes);
                records.Dispose();
                records = recompressed;
                result = CheckNewSize(result, records, rules);
            }
        }
        catch (CodecUnavailableException missing)
        {
            result = ValidationResult.Refused(ErrorCode.UnsupportedCompressionType, missing.Message, result.Header);
        }
        catch (CorruptRecordException damage)
        {
            // Only reachable with record.validation=header, which has not looked inside yet.
            result = ValidationResult.Refused(ErrorCode.InvalidRecord, damage.Message, result.Header);
        }
        catch (InflatedTooLargeException bomb) when (bomb.Limit == rules.MaxInflatedBytes)
        {
            result = ValidationResult.Refused(ErrorCode.MessageTooLarge, bomb.Message, result.Header);
        }

        if (!result.IsValid)
        {
            records.Dispose();
            return new AcceptedBatch(result, null, RecordBatchHeader.NoTimestamp);
        }

        return new AcceptedBatch(result, records, Stamp(records, result, rules, nowMs));
    }

    private static long Stamp(RecordsLease records, in ValidationResult result, ValidationRules rules, long nowMs)
    {
        if (rules.TimestampType == TimestampType.LogAppendTime)
        {
            RecordBatchBytes.SetMaxTimestampAndLogAppendTime(records.WritableMemory.Span, nowMs);
            return nowMs;
        }

        // A header that lies about its newest record would mislead every search by time, so it is put right, as Kafka does.
        if (result.Header.MaxTimestamp != result.MaxTimestampMs)
            RecordBatchBytes.SetMaxTimestamp(records.WritableMemory.Span, result.MaxTimestampMs);
        return RecordBatchHeader.NoTimestamp;
    }

    /// <summary>PRD-12 and PRD-15 once more for what will be stored.</summary>
    private static ValidationResult CheckNewSize(in ValidationResult result, RecordsLease records, ValidationRules rules)
    {
        RecordBatchHeader.TryRead(records.Span, out RecordBatchHeader header);
        if (records.Length > rules.MaxMessageBytes)
        {
            return ValidationResult.Refused(
                ErrorCode.MessageTooLarge,
                $"Recompressed the batch has {records.Length} bytes, max.message.bytes is {rules.MaxMessageBytes}.",
                header);
        }

        return records.Length > rules.SegmentBytes
            ? ValidationResult.Refused(
                ErrorCode.RecordListTooLarge,
                $"Recompressed the batch has {records.Length} bytes, segment.bytes is {rules.SegmentBytes}.",
                header)
            : result with { Header = header };
    }
}
