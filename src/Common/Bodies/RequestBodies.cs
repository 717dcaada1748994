using System.IO.Pipelines;

namespace Gateway.Common.Bodies;

/// <summary>
/// Reads the bodies of HTTP requests into pooled memory, each within its bound and all together within theirs. Memory follows bytes that
/// have arrived, never bytes that were announced; an eighth of it is for small bodies only, whatever large ones hold.
/// </summary>
/// <param name="maxBytes">Largest body.</param>
/// <param name="maxTotalBytes">What all bodies together may hold.</param>
/// <param name="stallTimeout">A body of more than 64 KiB must get on by 64 KiB in each such period.</param>
/// <param name="time">The clock of that period.</param>
public sealed class RequestBodies(int maxBytes, long maxTotalBytes, TimeSpan stallTimeout, TimeProvider time)
{
    /// <summary>Up to this size a body is small.</summary>
    public const int SmallBody = 64 * 1024;

    // A large body must get on by so much in each period without which it is given up.
    private const int StallProgressBytes = 64 * 1024;

    private long _held;

    /// <summary>Bytes held for bodies now.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Ends when the server stops: a body that has not come whole by then is not waited for, since its client was promised nothing about it.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>The whole body that a client sends. Dispose it.</summary>
    /// <exception cref="BodyRefusedException">It is too large, too many others are being read, it does not get on, or it is malformed.</exception>
    public ValueTask<RequestBody> ReadAsync(IBodySender sender)
    {
        ArgumentNullException.ThrowIfNull(sender);
        long? announced = sender.Announced;
        // A small body comes in one piece mostly, and chunks say too late how many bytes are to come.
        return ReadAsync(sender.Body, announced, announced > SmallBody ? sender.Threshold : null);
    }

    /// <summary>The whole body, from wherever it comes. Dispose it.</summary>
    /// <param name="reader">Where it comes from.</param>
    /// <param name="announced">Its length; null when it is not known.</param>
    /// <exception cref="BodyRefusedException">It is too large, too many others are being read, it does not get on, or it is malformed.</exception>
    public ValueTask<RequestBody> ReadAsync(PipeReader reader, long? announced)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return ReadAsync(reader, announced, null);
    }

    private async ValueTask<RequestBody> ReadAsync(PipeReader reader, long? announced, IReadThreshold? threshold)
    {
        if (announced > maxBytes) throw TooLarge();
        int most = (int)(announced ?? maxBytes);
        ReadResult read = await NextAsync(reader).ConfigureAwait(false);
        bool isLent = read.IsCompleted && read.Buffer.IsSingleSegment && read.Buffer.Length <= maxBytes;
        var body = new RequestBody(this);
        CancellationTokenSource? patience = null;
        bool isReading = true;
        try
        {
            if (isLent)
            {
                isReading = false;
                body.Borrow(reader, read.Buffer);
                return body;
            }
            int lengthAtCheck = 0;
            while (true)
            {
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    if (body.Length + (long)segment.Length > maxBytes) throw TooLarge();
                    body.Append(segment.Span, most);
                }
                reader.AdvanceTo(read.Buffer.End);
                isReading = false;
                if (read.IsCompleted) return body;
                if (body.Length > SmallBody && (patience is null || body.Length - lengthAtCheck >= StallProgressBytes))
                {
                    patience ??= Patience(reader);
                    patience.CancelAfter(stallTimeout);
                    lengthAtCheck = body.Length;
                }
                // Before, a slow client may take its time: the web server measures how slow it is by what it hands out.
                if (threshold is not null && body.Length >= SmallBody) threshold.Bytes = body.Expect(Math.Min((int)announced!.Value - body.Length, StallProgressBytes), most);
                read = await NextAsync(reader).ConfigureAwait(false);
                isReading = true;
                if (read.IsCanceled && patience is { IsCancellationRequested: true }) throw TooSlow();
            }
        }
        catch
        {
            body.Dispose();
            // What was read and is not wanted is given back, or the web server, which reads the rest away, takes the reader for busy and says so in the log.
            if (isReading) reader.AdvanceTo(read.Buffer.End);
            throw;
        }
        finally
        {
            if (threshold is not null) threshold.Bytes = 0;
            patience?.Dispose();
        }
    }

    /// <summary>Takes memory for a body that will then hold <paramref name="whole"/> bytes in all.</summary>
    /// <exception cref="BodyRefusedException">There is none left.</exception>
    public void Take(long bytes, long whole)
    {
        long most = whole > SmallBody ? maxTotalBytes - maxTotalBytes / 8 : maxTotalBytes;
        long held = Volatile.Read(ref _held);
        while (held + bytes <= most)
        {
            long seen = Interlocked.CompareExchange(ref _held, held + bytes, held);
            if (seen == held) return;
            held = seen;
        }
        throw new BodyRefusedException(BodyRefusal.TooMany, "Too many requests are being read; try again.");
    }

    /// <summary>Gives memory back that was taken.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _held, -bytes);

    /// <summary>Ends a pending read when it has been waited for long enough; not by a token, after which the web server takes the reader for busy.</summary>
    private CancellationTokenSource Patience(PipeReader reader)
    {
        var patience = new CancellationTokenSource(stallTimeout, time);
        patience.Token.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
        return patience;
    }

    private ValueTask<ReadResult> NextAsync(PipeReader reader)
    {
        // No token: the server ends a read itself when its client is gone, and making one costs every request.
        ValueTask<ReadResult> read = reader.ReadAsync(CancellationToken.None);
        return read.IsCompletedSuccessfully ? read : Checked(reader, read);

        async ValueTask<ReadResult> Checked(PipeReader reader, ValueTask<ReadResult> read)
        {
            using CancellationTokenRegistration end = Stopping.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
            try
            {
                ReadResult result = await read.ConfigureAwait(false);
                if (!result.IsCanceled || result.IsCompleted || !Stopping.IsCancellationRequested) return result;
                reader.AdvanceTo(result.Buffer.End);
                throw new BodyRefusedException(BodyRefusal.Stopping, "The server is shutting down, and the body was not complete.");
            }
            // The web server has types of its own for what else it refuses, and for a client that is gone; a chunk size beyond any number is this.
            catch (IOException failure) when (failure.GetType() == typeof(IOException))
            {
                throw new BodyRefusedException(BodyRefusal.Malformed, $"The body cannot be read: {failure.Message}", failure);
            }
        }
    }

    private BodyRefusedException TooSlow() => new(
        BodyRefusal.TooSlow, $"The body was not complete, and less than {StallProgressBytes} bytes of it came in {stallTimeout.TotalSeconds:0} s.");

    private BodyRefusedException TooLarge() => new(BodyRefusal.TooLarge, $"The request is larger than {maxBytes} bytes.");
}
