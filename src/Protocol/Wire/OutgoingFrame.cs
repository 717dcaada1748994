using Gateway.Common.Buffers;

namespace Gateway.Protocol.Wire;

/// <summary>Encoded bytes on their way out: pooled memory with record leases in between. Whoever sends it disposes it.</summary>
public sealed class OutgoingFrame : IDisposable
{
    private const int MostKept = 64;

    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private readonly List<RecordsLease> _leases = [];
    private byte[]? _buffer;

    private OutgoingFrame()
    {
    }

    /// <summary>The parts in sending order. Only valid until <see cref="Dispose"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Segments => _segments;

    /// <summary>How many bytes all segments have together, the frame's size prefix included.</summary>
    public int TotalLength { get; private set; }

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
        WriterBuffer.Return(buffer);
        // The writer made these leases; nobody else ever saw them.
        foreach (RecordsLease lease in _leases) lease.Recycle();
    }

    /// <summary>As <see cref="Dispose"/>, by an owner who knows that nobody else refers to this object: it becomes another frame.</summary>
    public void Recycle()
    {
        Dispose();
        _segments.Clear();
        _leases.Clear();
        if (_segments.Capacity <= MostKept) Spares<OutgoingFrame>.Give(this);
    }

    internal static OutgoingFrame Take(byte[] buffer)
    {
        OutgoingFrame frame = Spares<OutgoingFrame>.Take() ?? new OutgoingFrame();
        frame._buffer = buffer;
        frame.TotalLength = 0;
        return frame;
    }

    internal void Add(ReadOnlyMemory<byte> segment)
    {
        _segments.Add(segment);
        TotalLength += segment.Length;
    }

    /// <summary>Adds records, with the lease on them.</summary>
    internal void Add(RecordsLease records)
    {
        Add(records.Memory);
        _leases.Add(records);
    }
}
