using System.Buffers;
using System.Text.Json;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>
/// Finds the objects in a stream of JSON: one after another with or without blanks between them, or as the elements of one array. It looks at
/// brackets and quotes only; whether what lies between is JSON is for who reads the object.
/// </summary>
internal struct JsonObjectScan
{
    private bool _isInArray;
    private bool _needsComma;
    private bool _isOver;
    private long _scanned;
    private int _depth;
    private bool _isInString;
    private bool _isEscaped;

    /// <summary>Takes the next whole object off the front of the bytes; false when there is none yet.</summary>
    /// <param name="bytes">What has come and was not taken; blanks and commas go with the object behind them.</param>
    /// <param name="found">The object, brackets included.</param>
    /// <exception cref="JsonException">Something else stands where an object should.</exception>
    internal bool TryTake(ref ReadOnlySequence<byte> bytes, out ReadOnlySequence<byte> found)
    {
        found = default;
        if (_scanned == 0)
        {
            var between = new SequenceReader<byte>(bytes);
            while (between.TryPeek(out byte next) && next != (byte)'{')
            {
                Step(next);
                between.Advance(1);
            }
            // What stands between objects is judged once and gone.
            bytes = bytes.Slice(between.Position);
            if (bytes.IsEmpty) return false;
            if (_isOver || (_isInArray && _needsComma)) throw Unexpected((byte)'{');
        }
        if (!TryFinishObject(bytes)) return false;
        found = bytes.Slice(0, _scanned);
        bytes = bytes.Slice(_scanned);
        _scanned = 0;
        _needsComma = true;
        return true;
    }

    /// <summary>Whether the stream may end here.</summary>
    internal readonly bool MayEnd => !_isInArray || _isOver;

    private void Step(byte between)
    {
        switch (between)
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                return;
            case (byte)'[' when !_isInArray && !_needsComma && !_isOver:
                _isInArray = true;
                return;
            case (byte)',' when _isInArray && _needsComma:
                _needsComma = false;
                return;
            case (byte)']' when _isInArray && !_isOver:
                _isOver = true;
                return;
            default:
                throw Unexpected(between);
        }
    }

    /// <summary>Goes on where it stopped: a record that comes byte by byte is looked at once, not once for every byte.</summary>
    private bool TryFinishObject(in ReadOnlySequence<byte> bytes)
    {
        foreach (ReadOnlyMemory<byte> segment in bytes.Slice(_scanned))
        {
            ReadOnlySpan<byte> span = segment.Span;
            for (int i = 0; i < span.Length; i++)
            {
                if (!IsEndOfObject(span[i])) continue;
                _scanned += i + 1;
                return true;
            }
            _scanned += span.Length;
        }
        return false;
    }

    private bool IsEndOfObject(byte next)
    {
        if (_isEscaped) _isEscaped = false;
        else if (_isInString && next == (byte)'\\') _isEscaped = true;
        else if (next == (byte)'"') _isInString = !_isInString;
        else if (_isInString) return false;
        else if (next is (byte)'{' or (byte)'[') _depth++;
        else if (next is (byte)'}' or (byte)']') return --_depth == 0;
        return false;
    }

    private static JsonException Unexpected(byte at) =>
        new(at is > 0x20 and < 0x7f ? $"'{(char)at}' stands where a record should" : $"the byte 0x{at:x2} stands where a record should");
}
