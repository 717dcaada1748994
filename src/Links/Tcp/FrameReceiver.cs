using System.Buffers.Binary;
using System.Net.Sockets;
using Gateway.Common.Buffers;

namespace Gateway.Links.Tcp;

/// <summary>
/// Cuts the byte stream of a socket into frames. Small frames are copied out of one shared read; a large one is read
/// straight into memory of its own, rented only after its length was checked.
/// </summary>
internal sealed class FrameReceiver(Socket socket, int maxFrameBytes)
{
    private const int BufferBytes = 64 * 1024;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <summary>The next frame without its length field; null when the peer closed between two frames.</summary>
    /// <exception cref="LinkClosedException">The peer closed inside a frame or announced an impossible length.</exception>
    internal async ValueTask<RecordsLease?> ReceiveAsync(CancellationToken cancel)
    {
        while (_end - _start < sizeof(int))
        {
            if (await FillAsync(cancel).ConfigureAwait(false)) continue;
            if (_end == _start) return null;
            throw new LinkClosedException("The broker closed the connection inside a frame.");
        }
        int length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (length < sizeof(int) || length > maxFrameBytes)
            throw new LinkClosedException($"The broker announced an answer of {length} bytes; 4 to {maxFrameBytes} are allowed.");
        _start += sizeof(int);

        RecordsLease frame = RecordsLease.Rent(length);
        try
        {
            int have = Math.Min(length, _end - _start);
            _buffer.AsMemory(_start, have).CopyTo(frame.WritableMemory);
            _start += have;
            while (have < length)
            {
                int read = await socket.ReceiveAsync(frame.WritableMemory[have..], SocketFlags.None, cancel).ConfigureAwait(false);
                if (read == 0) throw new LinkClosedException("The broker closed the connection inside a frame.");
                have += read;
            }
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        if (_start == _end) _start = _end = 0;
        if (_end == BufferBytes)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        int read = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancel).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }
}
