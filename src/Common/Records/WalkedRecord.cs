namespace Gateway.Common.Records;

/// <summary>What can be known of a record without having it in memory as a whole.</summary>
/// <param name="OffsetDelta">Its offset, from the batch's first.</param>
/// <param name="TimestampDelta">Its time, from the batch's first.</param>
/// <param name="IsKeyNull">It has no key.</param>
/// <param name="IsValueNull">It has no value.</param>
/// <param name="DataBytes">The bytes of its key and value.</param>
internal readonly record struct WalkedRecord(int OffsetDelta, long TimestampDelta, bool IsKeyNull, bool IsValueNull, long DataBytes)
{
    /// <summary>Passes over the next record, however large it is.</summary>
    /// <exception cref="CorruptRecordException">There is none.</exception>
    internal static WalkedRecord Read(ref RecordSource source)
    {
        int length = source.ReadVarint32();
        if (length <= 0) throw new CorruptRecordException("A record has no length.");
        if (!source.TryTake(length, out ReadOnlySpan<byte> body)) return PassLarge(ref source, length);
        RecordLayout layout = RecordLayout.Read(body);
        return new WalkedRecord(
            layout.OffsetDelta, layout.TimestampDelta, layout.Key.IsNull, layout.Value.IsNull, Math.Max(layout.Key.Length, 0) + (long)Math.Max(layout.Value.Length, 0));
    }

    /// <summary>A record that is larger than the window, or ends beyond the last byte: field by field, from behind its length on.</summary>
    internal static WalkedRecord PassLarge(ref RecordSource source, int length)
    {
        long end = source.Position + length;
        source.Skip(1); // the record's attributes
        long timestampDelta = source.ReadVarint64();
        int offsetDelta = source.ReadVarint32();
        int key = SkipBytes(ref source, end, nullable: true);
        int value = SkipBytes(ref source, end, nullable: true);
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
        return new WalkedRecord(offsetDelta, timestampDelta, key < 0, value < 0, Math.Max(key, 0) + (long)Math.Max(value, 0));
    }

    /// <summary>Passes over a length and its bytes; -1 when the length says null.</summary>
    private static int SkipBytes(ref RecordSource source, long end, bool nullable)
    {
        int length = source.ReadVarint32();
        if (length == -1 && nullable) return -1;
        if (length < 0 || length > end - source.Position) throw RecordLayout.DoesNotFit();
        source.Skip(length);
        return length;
    }
}
