using System.Buffers;
using System.Buffers.Text;

namespace Gateway.Common.Records;

/// <content>Records that come as text, decoded where they are to lie, and the way back when one of many is no such text.</content>
public sealed partial class RecordBatchBuilder
{
    // The decoder writes whole vectors as long as there is room for them, and the rest letter by letter.
    private const int VectorSlack = 64;

    /// <summary>How far a batch has come, to go back to.</summary>
    public readonly struct Mark
    {
        internal Mark(RecordBatchBuilder builder)
        {
            (Size, Count, LastOffsetDelta) = (builder.EstimatedSize, builder.Count, builder._lastOffsetDelta);
            (BaseTimestamp, MaxTimestamp) = (builder._baseTimestamp, builder._maxTimestamp);
        }

        internal int Size { get; }

        internal int Count { get; }

        internal int LastOffsetDelta { get; }

        internal long BaseTimestamp { get; }

        internal long MaxTimestamp { get; }
    }

    /// <summary>Where the batch stands now.</summary>
    public Mark Here() => new(this);

    /// <summary>Takes back the records added since then, to the last bit of what they changed.</summary>
    /// <param name="mark">A mark of this batch, since which it was not built.</param>
    public void TakeBackTo(in Mark mark)
    {
        _open?.Truncate(mark.Size);
        (Count, _lastOffsetDelta) = (mark.Count, mark.LastOffsetDelta);
        (_baseTimestamp, _maxTimestamp) = (mark.BaseTimestamp, mark.MaxTimestamp);
    }

    /// <summary>Adds a record at the next offset whose key and value stand there as base64 (RFC 4648, 4).</summary>
    /// <returns>False, with nothing added, when one of them is no base64 or has white space in it.</returns>
    public bool TryAppendBase64(long timestampMs, ReadOnlySpan<byte> key, bool isKeyNull, ReadOnlySpan<byte> value, bool isValueNull)
    {
        if (!TryDecodedLength(key, out int keyLength) || !TryDecodedLength(value, out int valueLength)) return false;
        long timestampDelta = Count == 0 ? 0 : timestampMs - _baseTimestamp;
        int offsetDelta = _lastOffsetDelta + 1;
        int keyPrefix = isKeyNull ? -1 : keyLength, valuePrefix = isValueNull ? -1 : valueLength;
        // Attributes and the number of headers take a byte each.
        int length = checked(2 + Varint.SizeOf(timestampDelta) + Varint.SizeOf(offsetDelta)
            + Varint.SizeOf(keyPrefix) + keyLength + Varint.SizeOf(valuePrefix) + valueLength);

        Span<byte> to = Records.GetSpan(checked(Varint.MaxSize32 + length + VectorSlack));
        int at = Varint.Write(to, length);
        to[at++] = 0;
        at += Varint.Write(to[at..], timestampDelta);
        at += Varint.Write(to[at..], offsetDelta);
        at += Varint.Write(to[at..], keyPrefix);
        if (!TryDecode(key, to[at..], keyLength)) return false;
        at += keyLength;
        at += Varint.Write(to[at..], valuePrefix);
        if (!TryDecode(value, to[at..], valueLength)) return false;
        at += valueLength;
        to[at++] = 0;
        Records.Advance(at);

        if (Count == 0) _baseTimestamp = timestampMs;
        _lastOffsetDelta = offsetDelta;
        _maxTimestamp = Math.Max(_maxTimestamp, timestampMs);
        Count++;
        return true;
    }

    /// <summary>How many bytes the text stands for, if it is base64 from its first letter to its last.</summary>
    private static bool TryDecodedLength(ReadOnlySpan<byte> text, out int length)
    {
        length = text.Length / 4 * 3;
        if (text.Length % 4 != 0) return false;
        if (text.EndsWith("=="u8)) length -= 2;
        else if (text.EndsWith("="u8)) length--;
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> to, int length) =>
        text.IsEmpty || (Base64.DecodeFromUtf8(text, to, out _, out int written) == OperationStatus.Done && written == length);
}
