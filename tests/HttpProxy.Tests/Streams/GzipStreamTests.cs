using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Text;
using Gateway.HttpProxy.Streams;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Streams of lines that leave as gzip for those who ask for it, each page as soon as it is there (RFC 1952; RFC 9110, 12.5.3).</summary>
public sealed class GzipStreamTests(RunningProxy proxy) : IClassFixture<RunningProxy>, IDisposable
{
    private const string Lines = "application/x-ndjson";
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });

    public void Dispose() => _http.Dispose();

    [Theory]
    // A page that is not worth a compressor, one of several, and many.
    [InlineData(1, 10)]
    [InlineData(5, 300)]
    [InlineData(40, 30_000)]
    [InlineData(0, 0)]
    public async Task What_is_inflated_is_the_stream_to_the_byte(int records, int length)
    {
        string topic = await FilledAsync(records, length);
        // Within its request, and on the connection that it has to itself.
        foreach (string end in records == 0 ? ["until=end"] : new[] { "until=end", $"max_records={records}" })
        {
            string path = $"/topics/{topic}/records?from=earliest&{end}";
            byte[] plain = await BytesAsync(path, null), packed = await BytesAsync(path, "gzip");
            Assert.Equal(plain, Inflated(packed));
            if (plain.Length > 100_000) Assert.InRange(packed.Length, 1, plain.Length / 10);
            Assert.Equal(Crc32.Append(0, plain), BinaryPrimitives.ReadUInt32LittleEndian(packed.AsSpan(packed.Length - 8)));
            Assert.Equal((uint)plain.Length, BinaryPrimitives.ReadUInt32LittleEndian(packed.AsSpan(packed.Length - 4)));
        }
    }

    [Fact]
    public async Task A_record_is_there_when_it_is_written()
    {
        string topic = await proxy.NewTopicAsync();
        using HttpResponseMessage response = await SendAsync($"/topics/{topic}/records?from=earliest", Lines, "gzip");
        Assert.Equal(("gzip", "Accept-Encoding"), (response.Content.Headers.ContentEncoding.Single(), response.Headers.Vary.ToString()));
        using var text = new StreamReader(new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        foreach (int length in new[] { 1, 5_000, 70_000, 2 })
        {
            string value = new('x', length);
            await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":"{{value}}"}]}""");
            string? line = "";
            while (line is "") line = await text.ReadLineAsync().WaitAsync(SocketCalls.Patience);
            Assert.Contains($"\"value\":\"{value}\"", line, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(Lines, null)]
    [InlineData(Lines, "identity, gzip;q=0.5")]
    [InlineData(Lines, "zstd, br")]
    [InlineData("text/event-stream", "gzip")]
    public async Task Whoever_does_not_ask_for_it_and_events_are_left_alone(string accept, string? encoding)
    {
        string topic = await FilledAsync(1, 5_000);
        using HttpResponseMessage response = await SendAsync($"/topics/{topic}/records?from=earliest&until=end", accept, encoding);
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Contains("xxxx", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_is_refused_in_plain_text()
    {
        using HttpResponseMessage response = await SendAsync("/topics/no-such-topic/records", Lines, "gzip");
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.StartsWith("{\"error_code\":40401,", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xcbf43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414fa339u)]
    public void The_checksum_is_that_of_gzip(string text, uint checksum)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(checksum, Crc32.Append(0, bytes));
        Assert.Equal(checksum, Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, bytes.Length / 2)), bytes.AsSpan(bytes.Length / 2)));
    }

    private async Task<string> FilledAsync(int records, int length)
    {
        string topic = await proxy.NewTopicAsync();
        for (int i = 0; i < records; i++)
            await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":"{{i}}{{new string('x', length)}}","timestamp":1}]}""");
        return topic;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string accept, string? encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(proxy.Http.BaseAddress!, path));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (encoding is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<byte[]> BytesAsync(string path, string? encoding)
    {
        using HttpResponseMessage response = await SendAsync(path, Lines, encoding);
        return await response.Content.ReadAsByteArrayAsync().WaitAsync(SocketCalls.Patience);
    }

    private static byte[] Inflated(byte[] packed)
    {
        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress)) gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
