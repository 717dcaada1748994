using System.Text;

namespace Gateway.Common.Records;

/// <summary>One record where it lies: slices of the batch, nothing copied and nothing allocated.</summary>
public readonly ref struct RecordView
{
    private readonly ReadOnlySpan<byte> _headers;

    private RecordView(long offset, long timestampMs, ReadOnlySpan<byte> body, Layout layout)
    {
        Offset = offset;
        TimestampMs = timestampMs;
        IsKeyNull = layout.KeyLength < 0;
        IsValueNull = layout.ValueLength < 0;
        Key = IsKeyNull ? default : body.Slice(layout.KeyStart, layout.KeyLength);
        Value = IsValueNull ? default : body.Slice(layout.ValueStart, layout.ValueLength);
        HeaderCount = layout.HeaderCount;
        _headers = body[layout.HeadersStart..];
    }

    /// <summary>Its offset.</summary>
    public long Offset { get; }

    /// <summary>Its time; the batch's when the broker decided it; -1 when it has none.</summary>
    public long TimestampMs { get; }

    /// <summary>Its key; empty when it is null.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>It has no key.</summary>
    public bool IsKeyNull { get; }

    /// <summary>Its value; empty when it is null.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>It has no value: a tombstone on compacted topics.</summary>
    public bool IsValueNull { get; }

    /// <summary>How many headers it has.</summary>
    public int HeaderCount { get; }

    /// <summary>Its headers in order.</summary>
    public RecordHeaderEnumerator Headers => new(_headers, HeaderCount);

    /// <summary>Reads the record at <paramref name="position"/> and moves past it.</summary>
    /// <exception cref="CorruptRecordException">The bytes there are no record.</exception>
    internal static RecordView Read(ReadOnlySpan<byte> records, scoped ref int position, scoped in RecordBatchHeader batch)
    {
        if (!Varint.TryRead32(records, ref position, out int length) || length < 0 || length > records.Length - position)
            throw new CorruptRecordException("A record's length does not fit its batch.");
        ReadOnlySpan<byte> body = records.Slice(position, length);
        position += length;

        int at = 1; // the record's attributes: unused, and nobody checks them
        if (length < 1
            || !Varint.TryRead64(body, ref at, out long timestampDelta)
            || !Varint.TryRead32(body, ref at, out int offsetDelta)
            || !TrySkipBytes(body, ref at, nullable: true, out int keyStart, out int keyLength)
            || !TrySkipBytes(body, ref at, nullable: true, out int valueStart, out int valueLength)
            || !Varint.TryRead32(body, ref at, out int headerCount)
            || headerCount < 0)
            throw new CorruptRecordException("A record's fields do not fit its length.");

        int headersStart = at;
        for (int i = 0; i < headerCount; i++)
        {
            if (!TrySkipBytes(body, ref at, nullable: false, out _, out _) || !TrySkipBytes(body, ref at, nullable: true, out _, out _))
                throw new CorruptRecordException("A record's headers do not fit its length.");
        }

        if (at != length) throw new CorruptRecordException("A record is longer than its fields.");
        long timestamp = batch.HasLogAppendTime ? batch.MaxTimestamp : unchecked(batch.BaseTimestamp + timestampDelta);
        var layout = new Layout(keyStart, keyLength, valueStart, valueLength, headerCount, headersStart);
        return new RecordView(unchecked(batch.BaseOffset + offsetDelta), timestamp, body, layout);
    }

    internal static bool TrySkipBytes(ReadOnlySpan<byte> source, scoped ref int position, bool nullable, out int start, out int length)
    {
        start = 0;
        if (!Varint.TryRead32(source, ref position, out length)) return false;
        start = position;
        if (length < 0) return nullable && length == -1;
        if (length > source.Length - position) return false;
        position += length;
        return true;
    }

    private readonly record struct Layout(int KeyStart, int KeyLength, int ValueStart, int ValueLength, int HeaderCount, int HeadersStart);
}

/// <summary>One header of a <see cref="RecordView"/>, where it lies.</summary>
public readonly ref struct RecordHeaderView
{
    internal RecordHeaderView(ReadOnlySpan<byte> keyUtf8, ReadOnlySpan<byte> value, bool isValueNull)
    {
        KeyUtf8 = keyUtf8;
        Value = value;
        IsValueNull = isValueNull;
    }

    /// <summary>Its name, as UTF-8.</summary>
    public ReadOnlySpan<byte> KeyUtf8 { get; }

    /// <summary>Its name. Bytes that are not UTF-8 become replacement characters, as in Kafka's own clients.</summary>
    public string Key => Encoding.UTF8.GetString(KeyUtf8);

    /// <summary>Its value; empty when it is null.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>It has no value.</summary>
    public bool IsValueNull { get; }
}

/// <summary>See <see cref="RecordView.Headers"/>. The bytes were checked when the record was read.</summary>
public ref struct RecordHeaderEnumerator
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _left;
    private int _position;

    internal RecordHeaderEnumerator(ReadOnlySpan<byte> bytes, int count)
    {
        _bytes = bytes;
        _left = count;
    }

    /// <summary>The header the walk stands on.</summary>
    public RecordHeaderView Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly RecordHeaderEnumerator GetEnumerator() => this;

    /// <summary>Steps to the next header.</summary>
    public bool MoveNext()
    {
        if (_left == 0) return false;
        _left--;
        RecordView.TrySkipBytes(_bytes, ref _position, nullable: false, out int keyStart, out int keyLength);
        RecordView.TrySkipBytes(_bytes, ref _position, nullable: true, out int valueStart, out int valueLength);
        bool isValueNull = valueLength < 0;
        ReadOnlySpan<byte> value = isValueNull ? default : _bytes.Slice(valueStart, valueLength);
        Current = new RecordHeaderView(_bytes.Slice(keyStart, keyLength), value, isValueNull);
        return true;
    }
}
