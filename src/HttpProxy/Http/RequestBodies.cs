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
        PipeReader reader = context.Request.BodyReader;
        // No token: the server ends a read itself when its client is gone, and making one costs every request.
        ReadResult read = await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        bool isLent = read.IsCompleted && read.Buffer.IsSingleSegment && read.Buffer.Length <= maxBytes;
        var body = new RequestBody(this);
        try
        {
            if (isLent)
            {
                body.Borrow(reader, read.Buffer);
                return body;
            }
            body.Reserve((int)announced);
            while (true)
            {
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    if (body.Length + (long)segment.Length > maxBytes) throw TooLarge();
                    body.Append(segment.Span);
                }
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return body;
                read = await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
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

/// <summary>A request's body in pooled memory, or, while it is small and came whole, where the server has it.</summary>
internal sealed class RequestBody(RequestBodies owner) : IDisposable
{
    private ReadOnlySequence<byte> _lent;
    private PipeReader? _lender;
    private byte[] _bytes = [];
    private long _reserved;

    internal int Length { get; private set; }

    internal ReadOnlyMemory<byte> Memory => _lender is null ? _bytes.AsMemory(0, Length) : _lent.First;

    public void Dispose()
    {
        PipeReader? lender = _lender;
        _lender = null;
        lender?.AdvanceTo(_lent.End);
        byte[] bytes = _bytes;
        (_bytes, Length) = ([], 0);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
        owner.Return(_reserved);
        _reserved = 0;
    }

    /// <summary>Uses what the server has read, which gets it back at the end.</summary>
    internal void Borrow(PipeReader lender, ReadOnlySequence<byte> lent)
    {
        (_lender, _lent, Length) = (lender, lent, (int)lent.Length);
        owner.Take(Length);
        _reserved = Length;
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
