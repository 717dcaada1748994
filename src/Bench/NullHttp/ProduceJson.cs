using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Gateway.Bench.NullHttp;

/// <summary>
/// The least a server has to do with a produce request of the v2 API: read every token of it once, and turn base64 values into bytes. The
/// framework's own reader, which the proxy uses too, and nothing after it.
/// </summary>
internal static class ProduceJson
{
    /// <summary>Reads a request.</summary>
    /// <param name="body">Its UTF-8 bytes.</param>
    /// <param name="to">Where the values go, one after another; at least as long as the body.</param>
    /// <param name="records">How many records there are.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="JsonException">The body is no JSON, or a value is a string that is no base64.</exception>
    public static int Read(ReadOnlySpan<byte> body, Span<byte> to, out int records)
    {
        var json = new Utf8JsonReader(body);
        int written = 0;
        records = 0;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("value"u8)) continue;
            json.Read();
            records++;
            if (json.TokenType == JsonTokenType.String)
            {
                if (Base64.DecodeFromUtf8(json.ValueSpan, to[written..], out _, out int decoded) != OperationStatus.Done) throw new JsonException("a value is no base64");
                written += decoded;
                continue;
            }
            int start = (int)json.TokenStartIndex;
            json.Skip();
            ReadOnlySpan<byte> value = body[start..(int)json.BytesConsumed];
            value.CopyTo(to[written..]);
            written += value.Length;
        }
        return written;
    }
}
