using System.Buffers.Binary;
using System.IO.Compression;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Streams;

/// <summary>
/// Compresses a stream on its way out (RFC 1952), each page by itself: its blocks end with it and refer to nothing in front of it. So what was sent
/// can be read at once, and between two pages there is nothing to hold but a checksum.
/// </summary>
internal sealed class GzipOutput(IStreamOutput to) : IStreamOutput
{
    private uint _checksum;
    private uint _length;
    private bool _hasBegun;

    public StreamFraming Framing => to.Framing;

    public long Room => to.Room;

    // Without a name, a time or a system.
    private static ReadOnlySpan<byte> Head => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

    // An empty block behind which nothing is kept back any more; some readers show what they have only then.
    private static ReadOnlySpan<byte> Flushed => [0, 0, 0, 0xff, 0xff];

    // An empty block that is the last.
    private static ReadOnlySpan<byte> Last => [3, 0];

    public void Take(long records) => to.Take(records);

    public ValueTask SendAsync(ReadOnlyMemory<byte> page, CancellationToken cancel)
    {
        if (page.IsEmpty) return to.SendAsync(page, cancel);
        using MemoryStream packed = Begin();
        (_checksum, _length) = (Crc32.Append(_checksum, page.Span), _length + (uint)page.Length);
        if (page.Length < AnswerEncoding.LeastBytes) Store(packed, page.Span);
        else Deflate(packed, page.Span);
        return to.SendAsync(packed.GetBuffer().AsMemory(0, (int)packed.Length), cancel);
    }

    /// <summary>Says that this was all. Without it a client takes the stream for cut off.</summary>
    internal ValueTask EndAsync(CancellationToken cancel)
    {
        using MemoryStream packed = Begin();
        packed.Write(Last);
        Span<byte> tail = stackalloc byte[2 * sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, _checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[sizeof(uint)..], _length);
        packed.Write(tail);
        return to.SendAsync(packed.GetBuffer().AsMemory(0, (int)packed.Length), cancel);
    }

    private MemoryStream Begin()
    {
        var packed = new MemoryStream();
        if (!_hasBegun) packed.Write(Head);
        _hasBegun = true;
        return packed;
    }

    /// <summary>A page that is not worth a compressor, as it is (RFC 1951, 3.2.4).</summary>
    private static void Store(MemoryStream packed, ReadOnlySpan<byte> page)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(head[1..], (ushort)page.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)~page.Length);
        packed.Write(head);
        packed.Write(page);
        packed.Write(Flushed);
    }

    private static void Deflate(MemoryStream packed, ReadOnlySpan<byte> page)
    {
        long end;
        using (var blocks = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            blocks.Write(page);
            blocks.Flush();
            end = packed.Length;
        }
        // What comes with the compressor's end would be the end of all.
        packed.SetLength(end);
    }
}
