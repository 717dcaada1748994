using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;

namespace Gateway.HttpProxy.Streams;

/// <summary>The rest of an answer whose request is over: pages as chunks (RFC 9112, 7.1), so that its client can tell an end from a cut.</summary>
internal sealed class ChunkedOutput(PipeWriter to, StreamFraming framing) : IStreamOutput
{
    // The digits of a length, and the end of a line.
    private const int MaxHead = 8 + 2;

    public StreamFraming Framing { get; } = framing;

    public long Room => long.MaxValue;

    public void Take(long records)
    {
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> page, CancellationToken cancel)
    {
        // A chunk without a byte would be the last.
        if (page.IsEmpty) return ValueTask.CompletedTask;
        Write(page.Span);
        ValueTask<FlushResult> write = to.FlushAsync(cancel);
        if (!write.IsCompletedSuccessfully) return new ValueTask(write.AsTask());
        _ = write.Result;
        return ValueTask.CompletedTask;
    }

    /// <summary>Says that this was all. It leaves with the end of the connection.</summary>
    internal void End() => to.Write("0\r\n\r\n"u8);

    private void Write(ReadOnlySpan<byte> page)
    {
        Span<byte> head = to.GetSpan(MaxHead);
        Utf8Formatter.TryFormat(page.Length, head, out int digits, 'x');
        "\r\n"u8.CopyTo(head[digits..]);
        to.Advance(digits + 2);
        to.Write(page);
        to.Write("\r\n"u8);
    }
}
