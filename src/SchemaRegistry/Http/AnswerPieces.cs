using System.Buffers;
using System.Text.Json;
using Gateway.Common.Bodies;
using Microsoft.AspNetCore.Http;

namespace Gateway.SchemaRegistry.Http;

/// <summary>
/// Sends JSON as it is made. An answer of one piece tells its length, like any other; of a longer one a piece is made when the client took the one
/// before, so that it holds that much memory however long it is.
/// </summary>
internal sealed class AnswerPieces(HttpContext http, IAnswerReader reader)
{
    private const int PieceBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <param name="status">HTTP status.</param>
    /// <param name="mediaType">What the answer is written in.</param>
    /// <param name="write">Writes the JSON, with pauses.</param>
    public async ValueTask SendAsync(int status, string mediaType, Func<Utf8JsonWriter, IEnumerable<Pause>> write)
    {
        using var json = new Utf8JsonWriter(_bytes, RegistryExchange.Relaxed);
        using var patience = new ReaderPatience(reader);
        try
        {
            foreach (var _ in write(json))
            {
                if (_bytes.WrittenCount + json.BytesPending < PieceBytes) continue;
                json.Flush();
                if (!http.Response.HasStarted)
                {
                    RegistryExchange.Head(http, status, mediaType);
                    // No length is told of either answer: that of the other is not known when its head goes out (RFC 9110, 8.6).
                    if (HttpMethods.IsHead(http.Request.Method)) return;
                }
                await SendAsync(patience).ConfigureAwait(false);
            }
            json.Flush();
            if (http.Response.HasStarted) await SendAsync(patience).ConfigureAwait(false);
            else await RegistryExchange.WriteAsync(http, status, mediaType, _bytes.WrittenMemory).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to read the rest.
        }
    }

    private async ValueTask SendAsync(ReaderPatience patience)
    {
        for (var left = _bytes.WrittenMemory; !left.IsEmpty; left = left[Math.Min(PieceBytes, left.Length)..])
            await patience.AwaitAsync(http.Response.BodyWriter.WriteAsync(left[..Math.Min(PieceBytes, left.Length)], http.RequestAborted)).ConfigureAwait(false);
        _bytes.ResetWrittenCount();
    }
}
