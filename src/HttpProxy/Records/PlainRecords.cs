using System.Buffers;
using System.Text.Json;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// Reads the requests that nearly everybody sends, a list of records whose keys and values are strings without escapes, in a third of the time
/// the JSON reader takes. It takes nothing the reader would not take, and as the same; of whatever else there is in a request it knows nothing, not
/// even whether it is right: then the reader begins anew.
/// </summary>
internal ref struct PlainRecords(ReadOnlySpan<byte> body)
{
    // Where a string ends, or is none for us; the bytes below a space are an error in strings.
    private static readonly SearchValues<byte> StringEnds = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(static value => (byte)value), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _body = body;
    private int _at;
    private bool _isBehindRecord;

    /// <summary>How many bytes have been looked at.</summary>
    internal readonly int Consumed => _at;

    /// <summary>The next record; false when there is none, or none that is plain.</summary>
    internal bool TryNext(out RawRecord record)
    {
        record = RawRecord.Empty;
        bool isNext = _at == 0 ? TryTake('{') && TryName(out ReadOnlySpan<byte> name) && name.SequenceEqual("records"u8) && TryTake('[') : TryTake(',');
        if (!isNext) return false;
        _isBehindRecord = TryRecord(ref record);
        return _isBehindRecord;
    }

    /// <summary>Whether the request ends behind the last record. If not, what was read may not be what the request says.</summary>
    internal bool TryEnd() => _isBehindRecord && TryTake(']') && TryTake('}') && Next() == _body.Length;

    private bool TryRecord(ref RawRecord record)
    {
        if (!TryTake('{')) return false;
        do
        {
            if (!TryName(out ReadOnlySpan<byte> name) || !TryString(out JsonSlice text)) return false;
            // A member that is there twice is an error, which the other reader has the words for.
            if (record.Value.IsNull && name.SequenceEqual("value"u8)) record.Value = text;
            else if (record.Key.IsNull && name.SequenceEqual("key"u8)) record.Key = text;
            else return false;
        }
        while (TryTake(','));
        return TryTake('}');
    }

    private bool TryName(out ReadOnlySpan<byte> name)
    {
        bool isName = TryString(out JsonSlice text) && TryTake(':');
        name = isName ? _body.Slice(text.Start + 1, text.Length - 2) : default;
        return isName;
    }

    private bool TryString(out JsonSlice text)
    {
        text = default;
        int at = Next();
        if (at >= _body.Length || _body[at] != '"') return false;
        int length = _body[(at + 1)..].IndexOfAny(StringEnds);
        if (length < 0 || _body[at + 1 + length] != '"') return false;
        text = new JsonSlice(JsonTokenType.String, at, length + 2, IsEscaped: false);
        _at = at + length + 2;
        return true;
    }

    private bool TryTake(char sign)
    {
        int at = Next();
        if (at >= _body.Length || _body[at] != sign) return false;
        _at = at + 1;
        return true;
    }

    /// <summary>Where the next byte is that is no white space.</summary>
    private readonly int Next()
    {
        int at = _at;
        while (at < _body.Length && _body[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at;
    }
}
