using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gateway.Protocol.Wire;

namespace Gateway.Links.Tcp;

/// <summary>Writes frames to a socket, several in one call when several are ready.</summary>
internal sealed class FrameSender(Socket socket)
{
    private readonly List<ArraySegment<byte>> _segments = [];

    /// <summary>Writes all of <paramref name="frames"/> in order. The frames stay the caller's to dispose.</summary>
    internal async ValueTask SendAsync(IReadOnlyList<OutgoingFrame> frames, CancellationToken cancel)
    {
        _segments.Clear();
        long left = 0;
        foreach (OutgoingFrame frame in frames)
        {
            left += frame.TotalLength;
            foreach (ReadOnlyMemory<byte> segment in frame.Segments)
            {
                if (segment.IsEmpty) continue;
                _segments.Add(MemoryMarshal.TryGetArray(segment, out ArraySegment<byte> array) ? array : segment.ToArray());
            }
        }
        while (left > 0)
        {
            cancel.ThrowIfCancellationRequested();
            int sent = _segments.Count == 1
                ? await socket.SendAsync(_segments[0].AsMemory(), SocketFlags.None, cancel).ConfigureAwait(false)
                : await socket.SendAsync(_segments, SocketFlags.None).ConfigureAwait(false);
            left -= sent;
            if (left > 0) DropSent(sent);
        }
    }

    private void DropSent(int sent)
    {
        int whole = 0;
        while (sent >= _segments[whole].Count) sent -= _segments[whole++].Count;
        _segments.RemoveRange(0, whole);
        _segments[0] = _segments[0][sent..];
    }
}
