using System.Buffers;
using Gateway.Common.Buffers;

namespace Gateway.Protocol.Wire;

/// <summary>Encoded bytes on their way out: pooled memory with record leases in between. Whoever sends it disposes it.</summary>
public sealed class OutgoingFrame : IDisposable
{
    private readonly List<RecordsLease> _leases;
    private byte[]? _buffer;

    internal OutgoingFrame(byte[] buffer, List<ReadOnlyMemory<byte>> segments, List<RecordsLease> leases)
    {
        _buffer = buffer;
        _leases = leases;
        Segments = segments;
        foreach (ReadOnlyMemory<byte> segment in segments) TotalLength += segment.Length;
    }

    /// <summary>The parts in sending order. Only valid until <see cref="Dispose"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Segments { get; }

    /// <summary>How many bytes all segments have together, the frame's size prefix included.</summary>
    public int TotalLength { get; }

    /// <summary>One copy of all bytes.</summary>
    public byte[] ToArray()
    {
        byte[] all = new byte[TotalLength];
        int position = 0;
        foreach (ReadOnlyMemory<byte> segment in Segments)
        {
            segment.Span.CopyTo(all.AsSpan(position));
            position += segment.Length;
        }
        return all;
    }

    /// <summary>Gives memory and leases back. Idempotent, but one owner only.</summary>
    public void Dispose()
    {
        if (_buffer is not { } buffer) return;
        _buffer = null;
        ArrayPool<byte>.Shared.Return(buffer);
        foreach (RecordsLease lease in _leases) lease.Dispose();
    }
}
