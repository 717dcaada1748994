using System.Text;

namespace Gateway.Common.Records;

/// <summary>One record where it lies: slices of the batch, nothing copied and nothing allocated.</summary>
public readonly ref struct RecordView
{
    private readonly ReadOnlySpan<byte> _headers;

    private RecordView(long offset, long timestampMs, ReadOnlySpan<byte> body, scoped in RecordLayout layout)
    {
        Offset = offset;
        TimestampMs = timestampMs;
        IsKeyNull = layout.Key.IsNull;
        IsValueNull = layout.Value.IsNull;
        Key = layout.Key.Of(body);
        Value = layout.Value.Of(body);
        HeaderCount = layout.HeaderCount;
        _headers = body[layout.HeadersStart..];
    }

    private RecordView(scoped in WalkedRecord walked, scoped in RecordBatchHeader batch)
    {
        (Offset, TimestampMs) = (batch.OffsetOf(walked.OffsetDelta), batch.TimestampOf(walked.TimestampDelta));
        (IsKeyNull, IsValueNull, IsTooLarge) = (walked.IsKeyNull, walked.IsValueNull, true);
    }

    private RecordView(scoped in RecordView whole)
    {
        (Offset, TimestampMs) = (whole.Offset, whole.TimestampMs);
        (IsKeyNull, IsValueNull, IsTooLarge) = (whole.IsKeyNull, whole.IsValueNull, true);
    }

    /// <summary>
    /// It takes more memory than its reader can ever have: key, value and headers are empty, though they are there. All else is true.
    /// </summary>
    public bool IsTooLarge { get; }

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

    /// <summary>Its headers as they lie there.</summary>
    public ReadOnlySpan<byte> HeaderBytes => _headers;

    /// <summary>Reads the record at <paramref name="position"/> and moves past it.</summary>
    /// <exception cref="CorruptRecordException">The bytes there are no record.</exception>
    internal static RecordView Read(ReadOnlySpan<byte> records, scoped ref int position, scoped in RecordBatchHeader batch)
    {
        if (!Varint.TryRead32(records, ref position, out int length) || length < 0 || length > records.Length - position)
            throw new CorruptRecordException("A record's length does not fit its batch.");
        ReadOnlySpan<byte> body = records.Slice(position, length);
        position += length;
        return Of(body, batch);
    }

    /// <summary>Reads a record of which the length is known.</summary>
    /// <exception cref="CorruptRecordException">The bytes are no record.</exception>
    internal static RecordView Of(ReadOnlySpan<byte> body, scoped in RecordBatchHeader batch)
    {
        RecordLayout layout = RecordLayout.Read(body);
        return new RecordView(batch.OffsetOf(layout.OffsetDelta), batch.TimestampOf(layout.TimestampDelta), body, layout);
    }

    /// <summary>A record that was passed over.</summary>
    internal static RecordView OfTooLarge(scoped in WalkedRecord walked, scoped in RecordBatchHeader batch) => new(walked, batch);

    /// <summary>The same for who finds that what it is to become is too large.</summary>
    public RecordView AsTooLarge() => new(this);
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
        RecordLayout.TryRange(_bytes, ref _position, nullable: false, out ByteRange key);
        RecordLayout.TryRange(_bytes, ref _position, nullable: true, out ByteRange value);
        Current = new RecordHeaderView(key.Of(_bytes), value.Of(_bytes), value.IsNull);
        return true;
    }
}
