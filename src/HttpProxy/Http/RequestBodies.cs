using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Http;

/// <summary>Reads request bodies into pooled memory, each within its bound and all together within theirs.</summary>
internal sealed class RequestBodies(int maxBytes, long maxTotalBytes)
{
    private long _held;

    /// <summary>The whole body. Dispose it.</summary>
    /// <exception cref="ProblemException">It is too large, or too many others are being read.</exception>
    internal async ValueTask<RequestBody> ReadAsync(HttpContext context)
    {
        long announced = context.Request.ContentLength ?? 0;
        if (announced > maxBytes) throw TooLarge();
        var body = new RequestBody(this);
        try
        {
            body.Reserve((int)announced);
            PipeReader reader = context.Request.BodyReader;
            while (true)
            {
                ReadResult read = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    if (body.Length + (long)segment.Length > maxBytes) throw TooLarge();
                    body.Append(segment.Span);
                }
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return body;
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    internal void Take(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= maxTotalBytes) return;
        Interlocked.Add(ref _held, -bytes);
        throw new ProblemException(Problem.TooManyRequests, "Too many requests are being read; try again.");
    }

    internal void Return(long bytes) => Interlocked.Add(ref _held, -bytes);

    private ProblemException TooLarge() => new(Problem.TooLarge, $"The request is larger than {maxBytes} bytes.");
}

/// <summary>A request's body in pooled memory.</summary>
internal sealed class RequestBody(RequestBodies owner) : IDisposable
{
    private byte[] _bytes = [];
    private long _reserved;

    internal int Length { get; private set; }

    internal ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Dispose()
    {
        byte[] bytes = _bytes;
        (_bytes, Length) = ([], 0);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
        owner.Return(_reserved);
        _reserved = 0;
    }

    internal void Reserve(int capacity)
    {
        if (capacity <= _bytes.Length) return;
        long more = capacity - _reserved;
        if (more > 0)
        {
            owner.Take(more);
            _reserved += more;
        }
        byte[] larger = ArrayPool<byte>.Shared.Rent(capacity);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length > _bytes.Length) Reserve(Math.Max(Length + bytes.Length, 2 * _bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }
}
