using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Gateway.Common.Bodies;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Http;

/// <summary>Bodies that come compressed (RFC 9110, 8.4): gzip, br, zstd. What they inflate to is bounded as any body is.</summary>
internal static class ContentEncoding
{
    private const string Served = "gzip, br, zstd";

    /// <summary>The body, inflated. Dispose it.</summary>
    /// <exception cref="ProblemException">The encoding is not served (415), or the bytes are not what it says (400).</exception>
    /// <exception cref="BodyRefusedException">It is too large, or there is no memory for it now.</exception>
    internal static async ValueTask<RequestBody> ReadAsync(ProxyCall call)
    {
        (RequestBodies bodies, int maxBytes) = (call.Service.Bodies, call.Service.Options.MaxRequestBytes);
        if (Of(call.Context) is not { } encoding) return await bodies.ReadAsync(call).ConfigureAwait(false);
        RecordsLease inflated;
        using (RequestBody packed = await bodies.ReadAsync(call).ConfigureAwait(false))
        {
            // Before anything is inflated: small bodies could become large ones all at once.
            bodies.Take(maxBytes, maxBytes);
            try
            {
                inflated = Inflate(encoding, packed.Memory.Span, maxBytes);
            }
            finally
            {
                bodies.Return(maxBytes);
            }
        }
        call.Context.Response.RegisterForDispose(inflated);
        return await bodies.ReadAsync(PipeReader.Create(new ReadOnlySequence<byte>(inflated.Memory)), inflated.Length).ConfigureAwait(false);
    }

    /// <summary>The encoding of a request's body; null when it comes as it is.</summary>
    /// <exception cref="ProblemException">It is not served: 415.</exception>
    internal static string? Of(HttpContext context)
    {
        string encoding = context.Request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        if (encoding is "" or "identity") return null;
        if (encoding is "gzip" or "x-gzip" or "br" or "zstd") return encoding;
        context.Response.Headers.AcceptEncoding = Served;
        throw new ProblemException(Problem.UnsupportedMediaType, $"Content-Encoding '{encoding}' is not served; send {Served}, one of them and once.");
    }

    /// <summary>Checks how a body is transferred: the web server looks for <c>chunked</c> at the end, and would leave what stands before it to us.</summary>
    /// <exception cref="ProblemException">It is compressed on the way, and not as what it is: 501 (RFC 9112, 6.1).</exception>
    internal static void RequirePlainTransfer(HttpRequest request)
    {
        if (request.ContentLength is not null || request.Headers.TransferEncoding.Count == 0) return;
        string coding = request.Headers.TransferEncoding.ToString();
        if (coding.Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase)) return;
        throw new ProblemException(
            Problem.NotImplemented, $"Transfer-Encoding '{coding}' is not served; send chunked alone, and what is compressed with a Content-Encoding.");
    }

    private static RecordsLease Inflate(string encoding, ReadOnlySpan<byte> packed, int maxBytes)
    {
        try
        {
            return encoding switch
            {
                "br" => InflateBrotli(packed, maxBytes),
                "zstd" => Compression.Decompress(CompressionType.Zstd, packed, maxBytes),
                _ => Compression.Decompress(CompressionType.Gzip, packed, maxBytes, toItsEnd: true),
            };
        }
        catch (InflatedTooLargeException)
        {
            throw new BodyRefusedException(BodyRefusal.TooLarge, $"The request inflates to more than {maxBytes} bytes.");
        }
        catch (CorruptRecordException damage)
        {
            throw new ProblemException(Problem.BadRequest, $"The body is not whole {encoding}: {damage.Message}");
        }
        catch (CodecUnavailableException missing)
        {
            throw new ProblemException(Problem.UnsupportedMediaType, missing.Message);
        }
    }

    private static RecordsLease InflateBrotli(ReadOnlySpan<byte> packed, int maxBytes)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Min(maxBytes, packed.Length * 4), 1024));
        try
        {
            using var decoder = new BrotliDecoder();
            int length = 0;
            while (true)
            {
                OperationStatus status = decoder.Decompress(packed, bytes.AsSpan(length), out int taken, out int written);
                packed = packed[taken..];
                length += written;
                if (length > maxBytes) throw new InflatedTooLargeException(maxBytes);
                if (status == OperationStatus.Done && packed.IsEmpty) return RecordsLease.Copy(bytes.AsSpan(0, length));
                if (status != OperationStatus.DestinationTooSmall)
                    throw new CorruptRecordException("the brotli data is damaged, cut off, or goes on behind its end.");
                byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * bytes.Length, maxBytes + 1L));
                bytes.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(bytes);
                bytes = larger;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
