using System.IO.Compression;
using System.Net;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>Answers that leave compressed (RFC 9110, 12.5.3), byte for byte what they are without.</summary>
public sealed class AnswerEncodingTests(RunningProxy proxy) : IClassFixture<RunningProxy>, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("X-GZIP", "gzip")]
    [InlineData("br", "br")]
    [InlineData("zstd", "zstd")]
    [InlineData("gzip, deflate, br, zstd", "zstd")]
    [InlineData("zstd;q=0.5, gzip;q=0.8, br;q=0.8", "br")]
    [InlineData("*", "zstd")]
    [InlineData("*;q=0.5, zstd;q=0, br;q=0", "gzip")]
    [InlineData("gzip;q=0", null)]
    [InlineData("identity, gzip;q=0.5", null)]
    [InlineData("deflate", null)]
    [InlineData("gzip;q=what", null)]
    [InlineData(null, null)]
    public async Task The_encoding_is_the_one_the_client_likes_best(string? accepted, string? encoding)
    {
        string topic = await FilledAsync(1, 5_000);
        Uri url = new(proxy.Http.BaseAddress!, $"/topics/{topic}/partitions/0/records?max_bytes=10000000");
        (string? used, byte[] plain, _) = await GetAsync(url, null);
        Assert.Null(used);
        (used, byte[] answer, string vary) = await GetAsync(url, accepted);
        Assert.Equal(encoding, used);
        Assert.Equal("Accept-Encoding", vary);
        Assert.Equal(plain, Unpack(encoding, answer));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task An_answer_of_many_batches_is_one_whole(string encoding)
    {
        // Each by itself, so that each is a batch; together far beyond what is sent at a time.
        string topic = await FilledAsync(30, 40_000);
        Uri url = new(proxy.Http.BaseAddress!, $"/topics/{topic}/partitions/0/records?max_bytes=10000000");
        (_, byte[] plain, _) = await GetAsync(url, null);
        (string? used, byte[] answer, _) = await GetAsync(url, encoding);
        Assert.Equal(encoding, used);
        Assert.Equal(plain, Unpack(encoding, answer));
        Assert.InRange(plain.Length, 1_200_000, int.MaxValue);
        Assert.InRange(answer.Length, 1, plain.Length / 10);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task So_does_whatever_else_is_long_and_nothing_that_is_short(string encoding)
    {
        string topic = await FilledAsync(1, 10);
        string cluster = await proxy.Http.ClusterIdAsync();
        Uri configs = new(proxy.Http.BaseAddress!, $"/v3/clusters/{cluster}/topics/{topic}/configs");
        (_, byte[] plain, _) = await GetAsync(configs, null);
        (string? used, byte[] answer, _) = await GetAsync(configs, encoding);
        Assert.Equal(encoding, used);
        Assert.Equal(plain, Unpack(encoding, answer));
        foreach (string small in new[] { "/", $"/topics/{topic}/partitions/0/records", "/topics/no-such-topic" })
        {
            (used, answer, string vary) = await GetAsync(new Uri(proxy.Http.BaseAddress!, small), encoding);
            Assert.Equal((null, ""), (used, vary));
            Assert.True(answer[0] is (byte)'{' or (byte)'[');
        }
    }

    private async Task<string> FilledAsync(int records, int length)
    {
        string topic = await proxy.NewTopicAsync();
        for (int i = 0; i < records; i++)
            Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":"{{i}}{{new string('x', length)}}"}]}""")).Status);
        return topic;
    }

    private async Task<(string? Encoding, byte[] Body, string Vary)> GetAsync(Uri url, string? accepted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (accepted is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using HttpResponseMessage response = await _http.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        return (response.Content.Headers.ContentEncoding.SingleOrDefault(), body, response.Headers.Vary.ToString());
    }

    private static byte[] Unpack(string? encoding, byte[] bytes)
    {
        using var packed = new MemoryStream(bytes);
        using var plain = new MemoryStream();
        switch (encoding)
        {
            case "zstd":
                using (RecordsLease zstd = Compression.Decompress(CompressionType.Zstd, bytes)) return zstd.Span.ToArray();
            case "br":
                using (var brotli = new BrotliStream(packed, CompressionMode.Decompress)) brotli.CopyTo(plain);
                return plain.ToArray();
            case "gzip":
                using (var gzip = new GZipStream(packed, CompressionMode.Decompress)) gzip.CopyTo(plain);
                return plain.ToArray();
            default:
                return bytes;
        }
    }
}
