using Gateway.Common.Errors;

namespace Gateway.Common.Records;

/// <summary>
/// Decides whether the records of one partition of a produce request may be appended (PRD-6, PRD-12 to PRD-15 and the record
/// checks). Looks at every record without allocating for it.
/// </summary>
public static class RecordBatchValidator
{
    /// <summary>Attribute bits that mean nothing yet, and the delete horizon, which only compaction may set.</summary>
    private const int ForeignAttributeBits = unchecked((short)0xFF80) | RecordBatchHeader.DeleteHorizonBit;

    /// <summary>Looks at <paramref name="records"/>, the whole records field of one partition.</summary>
    /// <param name="records">What the producer sent. Not changed.</param>
    /// <param name="rules">What the topic demands.</param>
    /// <param name="nowMs">The broker's clock, for the range of timestamps.</param>
    /// <param name="allowsZstd">False for produce versions below 7, whose consumers would not know the codec.</param>
    public static ValidationResult Validate(ReadOnlySpan<byte> records, ValidationRules rules, long nowMs, bool allowsZstd = true) =>
        Validate(records, rules, nowMs, allowsZstd, lacksChecksum: false, rules.MaxInflatedBytes);

    /// <summary>
    /// As above, but inflates no more than <paramref name="maxInflatedBytes"/>, which is at most what the rules allow, and does not look at a checksum that
    /// is still to be made.
    /// </summary>
    /// <exception cref="InflatedTooLargeException">The records are more than that, and the rules may allow it.</exception>
    internal static ValidationResult Validate(
        ReadOnlySpan<byte> records, ValidationRules rules, long nowMs, bool allowsZstd, bool lacksChecksum, int maxInflatedBytes)
    {
        if (CheckShape(records, out RecordBatchHeader header) is ValidationResult shapeless) return shapeless;
        if (header.Compression == CompressionType.Zstd && !allowsZstd)
            return ValidationResult.Refused(ErrorCode.UnsupportedCompressionType, "zstd needs produce version 7 or above.", header);
        if (header.SizeInBytes > rules.MaxMessageBytes)
        {
            return ValidationResult.Refused(
                ErrorCode.MessageTooLarge,
                $"The batch has {header.SizeInBytes} bytes, max.message.bytes is {rules.MaxMessageBytes}.",
                header);
        }

        if (!lacksChecksum && !RecordBatchBytes.HasValidCrc(records))
            return ValidationResult.Refused(ErrorCode.CorruptMessage, "The batch's checksum is wrong.", header);
        if (CheckHeader(header, rules, nowMs) is ValidationResult refused) return refused;
        ValidationResult result = rules.Validation == RecordValidation.Header
            ? new ValidationResult(ErrorCode.None, null, [], header, header.MaxTimestamp)
            : RecordWalk.Check(records[RecordBatchHeader.Size..], header, rules, nowMs, maxInflatedBytes);
        if (result.IsValid && header.SizeInBytes > rules.SegmentBytes)
        {
            return ValidationResult.Refused(
                ErrorCode.RecordListTooLarge, $"The batch has {header.SizeInBytes} bytes, segment.bytes is {rules.SegmentBytes}.", header);
        }

        return result;
    }

    /// <summary>PRD-6: exactly one whole batch of format 2.</summary>
    private static ValidationResult? CheckShape(ReadOnlySpan<byte> records, out RecordBatchHeader header)
    {
        header = default;
        if (records.IsEmpty) return ValidationResult.Refused(ErrorCode.InvalidRecord, "There is no record batch.");
        // The format is at the same place in every format there ever was.
        if (records.Length > 16 && (sbyte)records[16] != RecordBatchHeader.CurrentMagic)
            return ValidationResult.Refused(ErrorCode.InvalidRecord, $"Record format {(sbyte)records[16]} is not supported; 2 is.");
        if (!RecordBatchHeader.TryRead(records, out header))
            return ValidationResult.Refused(ErrorCode.CorruptMessage, "The batch is shorter than its header.");
        if (header.SizeInBytes < RecordBatchHeader.Size || header.SizeInBytes > records.Length)
            return ValidationResult.Refused(ErrorCode.CorruptMessage, "The batch's length is not that of its bytes.", header);
        if (header.SizeInBytes == records.Length) return null;
        RecordBatchEnumerator rest = RecordBatches.Enumerate(records[(int)header.SizeInBytes..]);
        return rest.MoveNext()
            ? ValidationResult.Refused(ErrorCode.InvalidRecord, "There is more than one record batch.", header)
            : ValidationResult.Refused(ErrorCode.CorruptMessage, "Bytes follow the batch.", header);
    }

    private static ValidationResult? CheckHeader(in RecordBatchHeader header, ValidationRules rules, long nowMs)
    {
        if (header.Compression > CompressionType.Zstd)
            return ValidationResult.Refused(ErrorCode.UnsupportedCompressionType, $"There is no codec {(int)header.Compression}.", header);
        if (HeaderFault(header) is string fault) return ValidationResult.Refused(ErrorCode.InvalidRecord, fault, header);
        if (header.HasLogAppendTime)
            return ValidationResult.Refused(ErrorCode.InvalidTimestamp, "A producer must not set the log append time bit.", header);
        // Without a walk the header's claim about the newest record is all there is.
        if (rules.Validation == RecordValidation.Header && new TimestampRange(rules, nowMs).FaultOf(header.MaxTimestamp) is string late)
            return ValidationResult.Refused(ErrorCode.InvalidTimestamp, late, header);
        return null;
    }

    private static string? HeaderFault(in RecordBatchHeader header)
    {
        if (header.BaseOffset != 0) return $"The base offset is {header.BaseOffset}; a producer's is 0.";
        if (header.RecordsCount <= 0) return $"The batch says it has {header.RecordsCount} records.";
        if (header.LastOffsetDelta != header.RecordsCount - 1)
            return $"The last offset delta is {header.LastOffsetDelta}, the record count {header.RecordsCount}.";
        if (header.IsControl) return "Control batches are the broker's.";
        if ((header.Attributes & ForeignAttributeBits) != 0)
            return $"The attributes {header.Attributes:x4} have bits a producer must not set.";
        if (!header.HasProducerId)
        {
            if (header.ProducerId != RecordBatchHeader.NoProducerId) return $"The producer id is {header.ProducerId}.";
            return header.IsTransactional ? "A transactional batch needs a producer id." : null;
        }

        if (header.BaseSequence < 0) return "A batch with a producer id needs a base sequence.";
        return header.ProducerEpoch < 0 ? "A batch with a producer id needs a producer epoch." : null;
    }
}
