using System.IO.Compression;
using Gateway.Common.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Gateway.HttpProxy.Http;

/// <summary>
/// Compresses answers for clients that ask for it (RFC 9110, 12.5.3): zstd, br or gzip, in this order where they like several equally. Streams of
/// lines come as gzip, which can be made page by page.
/// </summary>
internal static class AnswerEncoding
{
    /// <summary>An answer below this is not worth it.</summary>
    internal const int LeastBytes = 1024;

    // Windows of zstd beyond 8 MiB need not be taken by clients (RFC 9659); at this level they are far smaller.
    private const int ZstdLevel = 1;

    private static readonly string[] s_served = ["zstd", "br", "gzip"];
    private static readonly string[] s_gzip = ["gzip"];

    /// <summary>The encoder for an answer of about so many bytes, named in the answer's head; null sends it as it is. Dispose it.</summary>
    internal static AnswerEncoder? Choose(HttpContext context, long bytes)
    {
        if (bytes < LeastBytes || Choose(context, s_served) is not { } best) return null;
        return new AnswerEncoder(best switch
        {
            "zstd" => static sink => Compression.OpenZstd(sink, ZstdLevel),
            "br" => static sink => new BrotliStream(sink, CompressionLevel.Fastest, leaveOpen: true),
            _ => static sink => new GZipStream(sink, CompressionLevel.Fastest, leaveOpen: true),
        });
    }

    /// <summary>Whether an answer leaves as gzip, which its head says then.</summary>
    internal static bool ChooseGzip(HttpContext context) => Choose(context, s_gzip) is not null;

    private static string? Choose(HttpContext context, string[] served)
    {
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        string? best = Best(context.Request, served);
        if (best is not null) context.Response.Headers.ContentEncoding = best;
        return best;
    }

    private static string? Best(HttpRequest request, string[] encodings)
    {
        if (request.Headers.AcceptEncoding.Count == 0) return null;
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out IList<StringWithQualityHeaderValue>? wanted)) return null;
        (string? best, double bestQuality) = (null, 0);
        foreach (string served in encodings)
        {
            if (served == "zstd" && !Compression.HasZstd) continue;
            double quality = QualityOf(served, wanted);
            if (quality > bestQuality) (best, bestQuality) = (served, quality);
        }
        // Whoever likes the answer as it is better gets it so; not mentioned, it is the last resort.
        return bestQuality >= QualityOf("identity", wanted) ? best : null;
    }

    /// <summary>The quality of an encoding; 0 where it is not mentioned, by name or by <c>*</c>.</summary>
    private static double QualityOf(string encoding, IList<StringWithQualityHeaderValue> wanted)
    {
        double others = 0;
        foreach (StringWithQualityHeaderValue one in wanted)
        {
            if (one.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase)) return one.Quality ?? 1;
            if (one.Value.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) && encoding == "gzip") return one.Quality ?? 1;
            if (one.Value == "*" && encoding != "identity") others = one.Quality ?? 1;
        }
        return others;
    }
}

/// <summary>One answer on its way through a compressor. What a compressor keeps back comes with what is last.</summary>
internal sealed class AnswerEncoder : IDisposable
{
    private readonly MemoryStream _packed = new();
    private readonly Stream _packer;

    internal AnswerEncoder(Func<Stream, Stream> open) => _packer = open(_packed);

    /// <summary>What goes to the client for these bytes; good until the next call.</summary>
    internal ReadOnlyMemory<byte> Encode(ReadOnlySpan<byte> bytes, bool isLast)
    {
        _packed.SetLength(0);
        _packer.Write(bytes);
        if (isLast) _packer.Dispose();
        return _packed.GetBuffer().AsMemory(0, (int)_packed.Length);
    }

    // An answer that was not finished leaves what it has in the buffer, and nothing in the answer.
    public void Dispose()
    {
        _packer.Dispose();
        _packed.Dispose();
    }
}
