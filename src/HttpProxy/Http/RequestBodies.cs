using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Http;

/// <summary>
/// Reads request bodies into pooled memory, each within its bound and all together within theirs. Memory follows bytes that have
/// arrived, never bytes that were announced; an eighth of it is for small bodies only, whatever large ones hold.
/// </summary>
internal sealed class RequestBodies(int maxBytes, long maxTotalBytes, TimeSpan stallTimeout)
{
    /// <summary>Up to this size a body is small.</summary>
    internal const int SmallBody = 64 * 1024;

    // A large body must get on by so much in each period without which it is given up.
    private const int StallProgressBytes = 64 * 1024;

    private long _held;

    /// <summary>The whole body. Dispose it.</summary>
    /// <exception cref="ProblemException">It is too large, too many others are being read, or it does not get on.</exception>
    internal async ValueTask<RequestBody> ReadAsync(HttpContext context)
    {
        long announced = context.Request.ContentLength ?? maxBytes;
        if (context.Request.ContentLength > maxBytes) throw TooLarge();
        PipeReader reader = context.Request.BodyReader;
        // No token: the server ends a read itself when its client is gone, and making one costs every request.
        ReadResult read = await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        bool isLent = read.IsCompleted && read.Buffer.IsSingleSegment && read.Buffer.Length <= maxBytes;
        var body = new RequestBody(this);
        CancellationTokenSource? patience = null;
        try
        {
            if (isLent)
            {
                body.Borrow(reader, read.Buffer);
                return body;
            }
            int lengthAtCheck = 0;
            while (true)
            {
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    if (body.Length + (long)segment.Length > maxBytes) throw TooLarge();
                    body.Append(segment.Span, (int)announced);
                }
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return body;
                if (body.Length > SmallBody && (patience is null || body.Length - lengthAtCheck >= StallProgressBytes))
                {
                    patience ??= new CancellationTokenSource();
                    patience.CancelAfter(stallTimeout);
                    lengthAtCheck = body.Length;
                }
                read = await reader.ReadAsync(patience?.Token ?? CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            body.Dispose();
            if (failure is OperationCanceledException && patience is { IsCancellationRequested: true })
                throw new ProblemException(Problem.TooSlow, $"The body was not complete, and less than {StallProgressBytes} bytes of it came in {stallTimeout.TotalSeconds:0} s.");
            throw;
        }
        finally
        {
            patience?.Dispose();
        }
    }

    /// <summary>Takes memory for a body that will then hold <paramref name="whole"/> bytes in all.</summary>
    internal void Take(long bytes, long whole)
    {
        long most = whole > SmallBody ? maxTotalBytes - maxTotalBytes / 8 : maxTotalBytes;
        long held = Volatile.Read(ref _held);
        while (held + bytes <= most)
        {
            long seen = Interlocked.CompareExchange(ref _held, held + bytes, held);
            if (seen == held) return;
            held = seen;
        }
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
        owner.Take(Length, Length);
        _reserved = Length;
    }

    /// <summary>Adds bytes to a body of which not more than <paramref name="most"/> may come.</summary>
    internal void Append(ReadOnlySpan<byte> bytes, int most)
    {
        int length = Length + bytes.Length;
        if (length > _bytes.Length) Grow(Math.Max(length, (int)Math.Min(most, Math.Max(RequestBodies.SmallBody, 2L * _bytes.Length))));
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length = length;
    }

    private void Grow(int capacity)
    {
        if (capacity > _reserved)
        {
            owner.Take(capacity - _reserved, capacity);
            _reserved = capacity;
        }
        byte[] larger = ArrayPool<byte>.Shared.Rent(capacity);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
