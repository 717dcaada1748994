using System.Buffers;
using System.Net.WebSockets;
using Gateway.Common.Bodies;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Streams;

namespace Gateway.HttpProxy.Sockets;

/// <summary>A WebSocket as a stream's output: a text frame for each record, as many as the client gave credit for.</summary>
internal sealed class SocketOutput(WebSocket socket, StreamSignal signal) : IStreamOutput
{
    // Above any number of records in flight that makes sense, and far from an overflow.
    private const long MostCredit = 1_000_000_000;

    // Records and answers come from two sides, and a socket sends one frame after another.
    private readonly SemaphoreSlim _sending = new(1);
    private long _credit;

    public StreamFraming Framing => StreamFraming.Lines;

    public long Room => Volatile.Read(ref _credit);

    public void Take(long records) => Interlocked.Add(ref _credit, -records);

    /// <summary>The client takes so many more.</summary>
    internal void Grant(long records)
    {
        long credit = Volatile.Read(ref _credit);
        while (true)
        {
            long seen = Interlocked.CompareExchange(ref _credit, Math.Min(credit + records, MostCredit), credit);
            if (seen == credit) break;
            credit = seen;
        }
        signal.Raise(StreamEvents.Records);
    }

    /// <summary>Sends an answer, for which no credit is needed.</summary>
    /// <param name="answer">What.</param>
    /// <param name="patience">With its reader, from when it is the answer's turn: what is sent before has a patience of its own.</param>
    /// <param name="cancel">Ends it.</param>
    internal async ValueTask AnswerAsync(ReadOnlyMemory<byte> answer, ReaderPatience patience, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await patience.AwaitAsync(socket.SendAsync(answer, WebSocketMessageType.Text, endOfMessage: true, cancel)).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> page, CancellationToken cancel)
    {
        if (page.IsEmpty) return ValueTask.CompletedTask;
        // The page is used again while this is under way.
        byte[] copy = ArrayPool<byte>.Shared.Rent(page.Length);
        page.CopyTo(copy);
        return SendLinesAsync(copy, page.Length, cancel);
    }

    public async ValueTask SendLargeAsync(ReadOnlyMemory<byte> page, ReaderPatience patience, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            while (!page.IsEmpty)
            {
                int end = page.Span.IndexOf((byte)'\n');
                await LargePage.SendAsync(
                    page[..end], patience, (piece, isLast) => socket.SendAsync(piece, WebSocketMessageType.Text, isLast, cancel)).ConfigureAwait(false);
                page = page[(end + 1)..];
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private async ValueTask SendLinesAsync(byte[] bytes, int length, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            for (int start = 0; start < length;)
            {
                int end = Array.IndexOf(bytes, (byte)'\n', start, length - start);
                // An empty line is a heartbeat, which here is a ping of the protocol's own.
                if (end > start)
                    await socket.SendAsync(bytes.AsMemory(start, end - start), WebSocketMessageType.Text, endOfMessage: true, cancel).ConfigureAwait(false);
                start = end + 1;
            }
        }
        finally
        {
            _sending.Release();
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
