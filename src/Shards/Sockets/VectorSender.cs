using System.Buffers;
using System.Runtime.InteropServices;

namespace Gateway.Shards.Sockets;

/// <summary>
/// Sends several segments with one system call. Small ones are copied side by side, because pinning each costs more than that;
/// large ones (record batches) go out from where they lie.
/// </summary>
internal sealed unsafe class VectorSender : IDisposable
{
    private const int MaxVectors = 64;
    private const int ScratchSize = 64 * 1024;
    private const int CopyBelow = 4 * 1024;

    private readonly byte* _scratch = (byte*)NativeMemory.Alloc(ScratchSize);
    private readonly Libc.IoVector* _vectors = (Libc.IoVector*)NativeMemory.Alloc((nuint)(MaxVectors * sizeof(Libc.IoVector)));
    private readonly MemoryHandle[] _pins = new MemoryHandle[MaxVectors];

    /// <summary>
    /// As send(2): how many bytes went, or -1. At most <paramref name="taken"/> segments of <paramref name="offered"/> bytes fit into
    /// one call.
    /// </summary>
    internal nint Send(int fd, ReadOnlySpan<ReadOnlyMemory<byte>> segments, out int taken, out nint offered)
    {
        if (segments.Length == 1)
        {
            ReadOnlySpan<byte> only = segments[0].Span;
            taken = 1;
            offered = only.Length;
            fixed (byte* bytes = only) return Libc.Send(fd, bytes, only.Length, Libc.NoSignal);
        }

        taken = 0;
        offered = 0;
        int vectors = 0, pins = 0, scratch = 0;
        bool extendsScratch = false;
        foreach (ReadOnlyMemory<byte> segment in segments)
        {
            int length = segment.Length;
            bool copies = length < CopyBelow && scratch + length <= ScratchSize;
            if (vectors == MaxVectors && !(copies && extendsScratch)) break;
            if (copies)
            {
                segment.Span.CopyTo(new Span<byte>(_scratch + scratch, length));
                if (extendsScratch) _vectors[vectors - 1].Length += length;
                else _vectors[vectors++] = new Libc.IoVector { Base = _scratch + scratch, Length = length };
                scratch += length;
                extendsScratch = true;
            }
            else
            {
                MemoryHandle pin = segment.Pin();
                _pins[pins++] = pin;
                _vectors[vectors++] = new Libc.IoVector { Base = (byte*)pin.Pointer, Length = length };
                extendsScratch = false;
            }
            taken++;
            offered += length;
        }

        var message = new Libc.MessageHeader { Vectors = _vectors, VectorCount = vectors };
        nint sent = Libc.SendMessage(fd, &message, Libc.NoSignal);
        int error = sent < 0 ? Marshal.GetLastPInvokeError() : 0;
        for (int i = 0; i < pins; i++) _pins[i].Dispose();
        Marshal.SetLastPInvokeError(error);
        return sent;
    }

    public void Dispose()
    {
        NativeMemory.Free(_scratch);
        NativeMemory.Free(_vectors);
    }
}
