using Gateway.Bench.Http;
using Gateway.Bench.Kafka;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.PerformanceGate;

/// <summary>A connection that asks and waits for the answer, one request after another.</summary>
/// <remarks>
/// One in flight, by blocking calls: how many requests share a wake-up, a batch or a flush would be a matter of chance, and what costs
/// less when it is shared would hide what costs more.
/// </remarks>
internal abstract class Exchange : IDisposable
{
    private long _number;

    /// <summary>Asks so many times.</summary>
    /// <exception cref="InvalidOperationException">An answer was an error.</exception>
    public void Ask(int times)
    {
        for (int i = 0; i < times; i++) Ask(_number++);
    }

    public abstract void Dispose();

    protected abstract void Ask(long number);
}

/// <summary>Sends produce requests of one batch each.</summary>
internal sealed class ProduceExchange(HostAndPort broker, ProduceFrame[] frames, int partitions, bool judged) : Exchange
{
    private readonly KafkaSocket _socket = KafkaSocket.Connect(broker);

    public override void Dispose() => _socket.Dispose();

    protected override void Ask(long number)
    {
        ProduceFrame frame = frames[number % frames.Length];
        frame.SetPartition((int)(number % partitions));
        _socket.Send(frame.Bytes, (int)number);
        ReadOnlyMemory<byte> answer = _socket.Receive();
        if (judged && ProduceFrame.ErrorOf(answer.Span) is not ErrorCode.None and var error) throw new InvalidOperationException($"produce: {error}");
    }
}

/// <summary>Fetches one batch a request, by turns from the first <paramref name="offsets"/> offsets of a partition.</summary>
internal sealed class FetchExchange(HostAndPort broker, FetchFrame frame, int offsets, int least) : Exchange
{
    private readonly KafkaSocket _socket = KafkaSocket.Connect(broker);

    public override void Dispose() => _socket.Dispose();

    protected override void Ask(long number)
    {
        frame.SetOffset(0, number % offsets);
        _socket.Send(frame.Bytes, (int)number);
        int length = _socket.Receive().Length;
        if (length < least) throw new InvalidOperationException($"fetch: an answer of {length} bytes holds no batch");
    }
}

/// <summary>Sends HTTP requests made before, by turns.</summary>
internal sealed class HttpExchange(Uri server, byte[][] requests, string expected) : Exchange
{
    private readonly HttpSocket _socket = HttpSocket.Connect(server);
    private readonly byte[] _expected = System.Text.Encoding.UTF8.GetBytes(expected);

    public override void Dispose() => _socket.Dispose();

    protected override void Ask(long number)
    {
        _socket.Send(requests[number % requests.Length]);
        int status = _socket.Receive(out ReadOnlyMemory<byte> body);
        if (status != 200 || body.Span.IndexOf(_expected) < 0)
        {
            throw new InvalidOperationException($"HTTP {status}, expected 200 with {expected}: {System.Text.Encoding.UTF8.GetString(body.Span)}");
        }
    }
}
