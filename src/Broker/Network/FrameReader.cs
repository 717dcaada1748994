using System.Buffers.Binary;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Shards.Sockets;

namespace Gateway.Broker.Network;

/// <summary>
/// Cuts a connection's bytes into frames. Memory follows bytes that have arrived, never bytes that were announced: reading begins
/// in the shard's scratch; a frame that is not complete there gets memory of its own, which grows with what it holds; and when the
/// budget is tight nothing but the size is read before the frame's bytes are granted.
/// </summary>
/// <remarks>
/// Invariant: every byte kept beyond one <see cref="Park"/> lies in memory charged to the budget; <see cref="_granted"/> is taken
/// from it but not charged to anything yet.
/// </remarks>
internal sealed class FrameReader(IShardSocket socket, ReadScratch scratch, MemoryBudget budget, int maxFrameBytes)
{
    /// <summary>Frames up to this size come from the share of the small.</summary>
    internal const int SmallFrame = 64 * 1024;

    private const int PrefixBytes = 4;
    private const int ShortestFrame = 8; // key, version, correlation id
    private const int FirstStep = 1024 * 1024;
    private const int FirstTightStep = 4 * 1024;

    private ReadOnlyMemory<byte> _rest; // read but not cut yet; in the scratch or in _spill
    private RecordsLease? _spill;
    private int _prefix;
    private int _prefixBytes;
    private int _size = -1;
    private RecordsLease? _buffer;
    private int _received;
    private long _granted;
    private bool _express;

    /// <summary>Why a frame was refused.</summary>
    internal string Refusal { get; private set; } = "";

    /// <summary>How many bytes have come in.</summary>
    internal long BytesReceived { get; private set; }

    /// <summary>How much memory to wait for after <see cref="FrameStatus.NeedsMemory"/>.</summary>
    internal int Wanted { get; private set; }

    /// <summary>Which line to wait in.</summary>
    internal bool WantsSmall { get; private set; }

    /// <summary>Whether memory is held for a frame that is not complete.</summary>
    internal bool HoldsUnfinished => _buffer is not null || _spill is not null;

    /// <summary>How much the frame needs in all.</summary>
    internal int WholeFrame => Math.Max(_size, Wanted);

    /// <summary>Adds memory that was waited for.</summary>
    internal void Grant(long bytes, bool express)
    {
        _granted += bytes;
        _express = express;
    }

    /// <summary>The next frame, without its size. Between two <see cref="Park"/>s nobody else may use the scratch.</summary>
    internal FrameStatus Next(out RecordsLease? frame)
    {
        frame = null;
        while (true)
        {
            if (_size < 0 && !CutPrefix()) return FrameStatus.Refused;
            FrameStatus status = _size < 0 ? ReadAnything() : _rest.IsEmpty ? ReadBody() : CutBody(ref frame);
            if (frame is null && _size >= 0 && _received == _size) frame = Detach();
            if (frame is not null)
            {
                _size = -1;
                return FrameStatus.Complete;
            }
            if (status != FrameStatus.Complete) return status;
        }
    }

    /// <summary>Leaves the scratch to others: what is not cut yet moves into memory of its own.</summary>
    internal void Park()
    {
        if (_spill is null && !_rest.IsEmpty)
        {
            RecordsLease spill = Rent(_rest.Length);
            _rest.CopyTo(spill.WritableMemory);
            _spill = spill;
            _rest = spill.Memory;
        }
        DropEmptySpill();
        ReleaseGrant();
    }

    /// <summary>Gives all memory back.</summary>
    internal void Close()
    {
        _buffer?.Dispose();
        _buffer = null;
        _spill?.Dispose();
        _spill = null;
        _rest = default;
        ReleaseGrant();
    }

    /// <summary>Completes the size from what has been read, as far as that goes. False when the size is refused.</summary>
    private bool CutPrefix()
    {
        while (_prefixBytes < PrefixBytes && !_rest.IsEmpty)
        {
            _prefix = (_prefix << 8) | _rest.Span[0];
            _prefixBytes++;
            _rest = _rest[1..];
        }
        if (_prefixBytes < PrefixBytes) return true;
        _prefixBytes = 0;
        if (_prefix < ShortestFrame || _prefix > maxFrameBytes)
        {
            Refusal = $"a frame of {_prefix} bytes, allowed are {ShortestFrame} to {maxFrameBytes}";
            return false;
        }
        // While it grows, the old and the new memory are both there.
        if (_prefix > SmallFrame && _prefix + _prefix / 2L > budget.ExpressLimit)
        {
            Refusal = $"a frame of {_prefix} bytes, too large for a memory budget of {budget.Limit}";
            return false;
        }
        _size = _prefix;
        _received = 0;
        return true;
    }

    /// <summary>Cuts the frame (or the part of it) that lies in what has been read.</summary>
    private FrameStatus CutBody(ref RecordsLease? frame)
    {
        if (_buffer is null && _rest.Length >= _size)
        {
            if (_spill is not null) frame = SliceOfSpill();
            else
            {
                frame = Rent(_size);
                _rest[.._size].CopyTo(frame.WritableMemory);
            }
            _rest = _rest[_size..];
            return FrameStatus.Complete;
        }
        int length = Math.Min(_rest.Length, _size - _received);
        if (!HasRoomFor(_received + length)) return FrameStatus.NeedsMemory;
        _rest[..length].CopyTo(_buffer!.WritableMemory[_received..]);
        _received += length;
        _rest = _rest[length..];
        return FrameStatus.Complete;
    }

    private RecordsLease SliceOfSpill()
    {
        int start = _spill!.Length - _rest.Length;
        return _spill.Slice(start, _size);
    }

    /// <summary>Receives into the frame's own memory.</summary>
    private FrameStatus ReadBody()
    {
        DropEmptySpill();
        // With nothing received yet there is nothing to hold memory for: look first, through the scratch.
        if (_buffer is null && !budget.IsTight) return ReadAnything();
        if (!HasRoomFor(_received + 1)) return FrameStatus.NeedsMemory;
        FrameStatus status = Receive(_buffer!.WritableMemory.Span[_received..], out int count);
        _received += count;
        if (_received == 0)
        {
            // Announced only: the next time may be long in coming.
            _buffer.Dispose();
            _buffer = null;
        }
        return status;
    }

    /// <summary>Receives whatever there is into the scratch, or no more than a frame's size when memory is tight.</summary>
    private FrameStatus ReadAnything()
    {
        DropEmptySpill();
        if (_size < 0 && budget.IsTight && _granted < ReadScratch.Size) return ReadPrefix();
        if (!Take(ReadScratch.Size, small: true)) return FrameStatus.NeedsMemory;
        FrameStatus status = Receive(scratch.Bytes.Span, out int count);
        _rest = scratch.Bytes[..count];
        return status;
    }

    private FrameStatus ReadPrefix()
    {
        Span<byte> bytes = stackalloc byte[PrefixBytes];
        FrameStatus status = Receive(bytes[..(PrefixBytes - _prefixBytes)], out int count);
        foreach (byte b in bytes[..count]) _prefix = (_prefix << 8) | b;
        _prefixBytes += count;
        return status;
    }

    private FrameStatus Receive(Span<byte> into, out int count)
    {
        TransferStatus status = socket.Receive(into, out count);
        BytesReceived += count;
        return status switch
        {
            TransferStatus.Done => FrameStatus.Complete,
            TransferStatus.WouldBlock => FrameStatus.WouldBlock,
            TransferStatus.Ended => FrameStatus.Ended,
            _ => FrameStatus.Failed,
        };
    }

    /// <summary>Sees to it that the frame's memory holds <paramref name="needed"/> bytes, and as many more as are due to it.</summary>
    private bool HasRoomFor(int needed)
    {
        if (_buffer is not null && _buffer.Length >= needed) return true;
        int step = budget.IsTight ? FirstTightStep : FirstStep;
        int wanted = _express ? _size : (int)Math.Min(_size, Math.Max(Math.Max(step, 2L * _received), needed));
        if (!Take(wanted, small: _size <= SmallFrame))
        {
            if (_granted < needed) return false;
            wanted = (int)Math.Min(_size, _granted);
        }
        RecordsLease larger = Rent(wanted);
        _buffer?.Memory[.._received].CopyTo(larger.WritableMemory);
        _buffer?.Dispose();
        _buffer = larger;
        return true;
    }

    /// <summary>Sees to it that <paramref name="bytes"/> are granted.</summary>
    private bool Take(int bytes, bool small)
    {
        long missing = bytes - _granted;
        if (missing <= 0) return true;
        if (!budget.TryTake(missing, small))
        {
            Wanted = bytes;
            WantsSmall = small;
            return false;
        }
        _granted = bytes;
        return true;
    }

    /// <summary>Memory charged with bytes that are granted already.</summary>
    private RecordsLease Rent(int length)
    {
        Invariant.Check(_granted >= length);
        _granted -= length;
        MemoryCharge charge = MemoryCharge.On(budget, length, _express);
        _express = false;
        return RecordsLease.Rent(length, charge);
    }

    private void ReleaseGrant()
    {
        budget.Release(_granted, _express);
        _granted = 0;
        _express = false;
    }

    private RecordsLease Detach()
    {
        RecordsLease whole = _buffer!;
        _buffer = null;
        return whole;
    }

    private void DropEmptySpill()
    {
        if (_spill is null || !_rest.IsEmpty) return;
        _spill.Dispose();
        _spill = null;
        _rest = default;
    }
}
