namespace Gateway.Common.Records;

/// <summary>Where the parts of one record lie within its body, the bytes its length counts. Reading it checked that all of them fit.</summary>
internal readonly struct RecordLayout
{
    private RecordLayout(long timestampDelta, int offsetDelta, ByteRange key, ByteRange value, int headerCount, int headersStart)
    {
        TimestampDelta = timestampDelta;
        OffsetDelta = offsetDelta;
        Key = key;
        Value = value;
        HeaderCount = headerCount;
        HeadersStart = headersStart;
    }

    internal long TimestampDelta { get; }

    internal int OffsetDelta { get; }

    internal ByteRange Key { get; }

    internal ByteRange Value { get; }

    internal int HeaderCount { get; }

    internal int HeadersStart { get; }

    /// <exception cref="CorruptRecordException">The bytes are no record.</exception>
    internal static RecordLayout Read(ReadOnlySpan<byte> body)
    {
        int at = 1; // the record's attributes: unused, and nobody checks them
        if (body.IsEmpty
            || !Varint.TryRead64(body, ref at, out long timestampDelta)
            || !Varint.TryRead32(body, ref at, out int offsetDelta)
            || !TryRange(body, ref at, nullable: true, out ByteRange key)
            || !TryRange(body, ref at, nullable: true, out ByteRange value)
            || !Varint.TryRead32(body, ref at, out int headerCount)
            || headerCount < 0)
            throw DoesNotFit();

        int headersStart = at;
        for (int i = 0; i < headerCount; i++)
        {
            if (!TryRange(body, ref at, nullable: false, out _) || !TryRange(body, ref at, nullable: true, out _)) throw DoesNotFit();
        }

        if (at != body.Length) throw DoesNotFit();
        return new RecordLayout(timestampDelta, offsetDelta, key, value, headerCount, headersStart);
    }

    /// <summary>Reads a length and passes over its bytes.</summary>
    internal static bool TryRange(ReadOnlySpan<byte> source, scoped ref int position, bool nullable, out ByteRange range)
    {
        bool isNumber = Varint.TryRead32(source, ref position, out int length);
        range = new ByteRange(position, length);
        if (length < 0) return isNumber && nullable && length == -1;
        if (!isNumber || length > source.Length - position) return false;
        position += length;
        return true;
    }

    internal static CorruptRecordException DoesNotFit() => new("A record's fields do not fit its length.");
}

/// <summary>A stretch of bytes, or null when its length says so.</summary>
internal readonly record struct ByteRange(int Start, int Length)
{
    internal bool IsNull => Length < 0;

    internal ReadOnlySpan<byte> Of(ReadOnlySpan<byte> bytes) => IsNull ? default : bytes.Slice(Start, Length);
}
