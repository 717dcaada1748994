using System.Buffers.Text;
using System.Globalization;
using Gateway.Bench.Load;

namespace Gateway.Bench.Http;

/// <summary>GETs the records of a partition from one offset on, then from the next, and from the start again at the end.</summary>
internal sealed class HttpConsumeWork(Uri server, string topic, int partition, int maxBytes) : IHttpWork
{
    private static readonly byte[] Offset = "\"offset\":"u8.ToArray();
    private long _offset;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Next(long number) => HttpLane.Request(
        "GET", server,
        string.Create(CultureInfo.InvariantCulture, $"/topics/{topic}/partitions/{partition}/records?offset={_offset}&timeout=0&max_bytes={maxBytes}"),
        null, "application/vnd.kafka.binary.v2+json", null);

    /// <inheritdoc/>
    public LaneAnswer Judge(ReadOnlySpan<byte> body)
    {
        int last = body.LastIndexOf(Offset);
        if (last < 0)
        {
            _offset = 0;
            return default;
        }
        _ = Utf8Parser.TryParse(body[(last + Offset.Length)..], out long offset, out _);
        long records = offset + 1 - _offset;
        _offset = offset + 1;
        return new LaneAnswer(records, body.Length);
    }
}
