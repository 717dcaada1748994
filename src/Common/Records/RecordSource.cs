using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Records;

/// <summary>
/// The bytes of a batch's records from front to back: all at once when they are not compressed, through a small window when they
/// are. What is larger than the window is passed over, not gathered, so a bomb takes no memory; unless the window may widen.
/// </summary>
internal ref struct RecordSource
{
    private readonly Inflater? _inflater;
    private readonly RecordWindow? _widening;
    private Span<byte> _window;
    private readonly int _maxInflated;
    private ReadOnlySpan<byte> _chunk;
    private int _position;
    private long _beforeChunk;
    private bool _hasEnded;

    /// <summary>Records that are not compressed.</summary>
    internal RecordSource(ReadOnlySpan<byte> records)
    {
        _chunk = records;
        _hasEnded = true;
    }

    /// <summary>Records that come out of a codec.</summary>
    internal RecordSource(Inflater inflater, Span<byte> window, int maxInflated)
    {
        _inflater = inflater;
        _window = window;
        _maxInflated = maxInflated;
    }

    /// <summary>Records that come out of a codec, each of which is wanted as a whole.</summary>
    internal RecordSource(Inflater inflater, RecordWindow window, int maxInflated)
        : this(inflater, window.Span, maxInflated) => _widening = window;

    /// <summary>Goes on where a source of the same window, or of the same bytes, was left.</summary>
    internal void GoOnAt(in SourcePlace place)
    {
        if (_inflater is not null) _chunk = _window[..place.Chunk];
        (_position, _beforeChunk, _hasEnded) = (place.Position, place.BeforeChunk, place.HasEnded || _inflater is null);
    }

    /// <summary>Where it is, for who goes on later. What has come out of the codec and was not taken yet lies at the front of the window.</summary>
    internal readonly SourcePlace Place => new(_chunk.Length, _position, _beforeChunk, _hasEnded);

    /// <summary>Inflated bytes passed so far.</summary>
    internal readonly long Position => _beforeChunk + _position;

    internal int ReadVarint32()
    {
        EnsureVarint();
        return Varint.TryRead32(_chunk, ref _position, out int value) ? value : throw BadVarint();
    }

    internal long ReadVarint64()
    {
        EnsureVarint();
        return Varint.TryRead64(_chunk, ref _position, out long value) ? value : throw BadVarint();
    }

    /// <summary>Takes <paramref name="count"/> bytes that lie together, if the window can hold that many and they are there.</summary>
    internal bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        while (count > _chunk.Length - _position)
        {
            if ((count > _window.Length && !Widen(count)) || !Refill())
            {
                bytes = default;
                return false;
            }
        }

        bytes = _chunk.Slice(_position, count);
        _position += count;
        return true;
    }

    internal void Skip(int count) => Pass(count, null);

    /// <summary>Passes over bytes that are written elsewhere.</summary>
    internal void CopyTo(GrowingBuffer to, int count) => Pass(count, to);

    /// <summary>True when nothing is left. Reads on as far as it must to know.</summary>
    internal bool IsAtEnd() => _position == _chunk.Length && !Refill();

    /// <summary>Behind the last record nothing may follow.</summary>
    /// <exception cref="CorruptRecordException">Something does.</exception>
    internal void RequireEnd()
    {
        if (!IsAtEnd()) throw new CorruptRecordException("Bytes are left after the last record.");
    }

    private void Pass(int count, GrowingBuffer? to)
    {
        while (count > _chunk.Length - _position)
        {
            to?.Write(_chunk[_position..]);
            count -= _chunk.Length - _position;
            _position = _chunk.Length;
            if (!Refill()) throw new CorruptRecordException("The records end inside a record.");
        }

        to?.Write(_chunk.Slice(_position, count));
        _position += count;
    }

    /// <summary>
    /// Makes a full window wider, so that there is room for bytes that have not come yet. A length that is claimed, and not followed by as
    /// many bytes, gets no memory.
    /// </summary>
    private bool Widen(int count)
    {
        if (_widening is null || count > _maxInflated) return false;
        if (_position > 0 || _chunk.Length < _window.Length) return true;
        _window = _widening.Widen(count);
        _chunk = _window[.._chunk.Length];
        return true;
    }

    private static CorruptRecordException BadVarint() => new("A record holds a number that is cut off or too long.");

    private void EnsureVarint()
    {
        while (_chunk.Length - _position < Varint.MaxSize64 && !_hasEnded) Refill();
    }

    /// <summary>Moves what is left of the window to its front and reads on behind it; false at the end.</summary>
    private bool Refill()
    {
        if (_hasEnded) return false;
        int left = _chunk.Length - _position;
        _chunk[_position..].CopyTo(_window);
        _beforeChunk += _position;
        _position = 0;
        int read = _inflater!.Read(_window[left..]);
        _chunk = _window[..(left + read)];
        if (_beforeChunk + _chunk.Length > _maxInflated) throw new InflatedTooLargeException(_maxInflated);
        _hasEnded = read == 0;
        return !_hasEnded;
    }
}

/// <summary>See <see cref="RecordSource.Place"/>.</summary>
internal readonly record struct SourcePlace(int Chunk, int Position, long BeforeChunk, bool HasEnded);
