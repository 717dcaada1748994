using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary>Bodies that come compressed, and those that only say so.</summary>
public sealed class ContentEncodingTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private static readonly byte[] s_body = Encoding.UTF8.GetBytes($$"""{"records":[{"value":"{{new string('x', 100_000)}}"}]}""");

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("identity")]
    public async Task A_body_is_inflated(string encoding)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await SendAsync(topic, encoding, Pack(encoding, s_body));
        Assert.Equal((200, 0), (answer.Status, (int?)answer.Json["offsets"]?[0]?["offset"]));
        Answer read = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Json);
        Assert.Equal(100_000, ((string)read.Json[0]!["value"]!).Length);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_body_that_is_cut_off_or_something_else_is_400(string encoding)
    {
        string topic = await proxy.NewTopicAsync();
        byte[] packed = Pack(encoding, s_body);
        (await SendAsync(topic, encoding, packed[..^3])).Refused(400, 400);
        (await SendAsync(topic, encoding, s_body)).Refused(400, 400);
        (await SendAsync(topic, encoding, [])).Refused(400, 400);
    }

    [Theory]
    [InlineData("gzip", new byte[] { 0 })]
    [InlineData("gzip", new byte[] { 0x1f })]
    [InlineData("gzip", new byte[] { 0x1f, 0x8b })]
    [InlineData("gzip", new byte[] { (byte)'{', (byte)'}' })]
    [InlineData("br", new byte[] { 0 })]
    [InlineData("zstd", new byte[] { 0 })]
    [InlineData("zstd", new byte[] { (byte)'{', (byte)'}', (byte)'{', (byte)'}', (byte)'{', (byte)'}' })]
    public async Task Bytes_behind_the_end_are_400_however_the_body_is_cut(string encoding, byte[] behind)
    {
        string topic = await proxy.NewTopicAsync();
        (await SendAsync(topic, encoding, [.. Pack(encoding, s_body), .. behind])).Refused(400, 400);
        // The framework reads 8 KiB at a time: whether what is behind comes with the end or on its own.
        byte[] large = Pack(encoding, Encoding.UTF8.GetBytes($$"""{"records":[{"value":"{{Convert.ToBase64String(RandomNumberGenerator.GetBytes(20_000))}}"}]}"""));
        (await SendAsync(topic, encoding, [.. large, .. behind])).Refused(400, 400);
        (await SendAsync(topic, encoding, [.. large, .. behind, .. new byte[100_000]])).Refused(400, 400);
        Assert.Equal(0, await proxy.Http.EndOffsetAsync(topic));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_body_may_have_several_members_and_all_of_them_count(string encoding)
    {
        string topic = await proxy.NewTopicAsync();
        byte[] members = [.. Pack(encoding, s_body[..30]), .. Pack(encoding, []), .. Pack(encoding, s_body[30..50_000]), .. Pack(encoding, s_body[50_000..])];
        Assert.Equal(200, (await SendAsync(topic, encoding, members)).Status);
        Answer read = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Json);
        Assert.Equal(100_000, ((string)read.Json[0]!["value"]!).Length);
        byte[] large = Pack(encoding, new byte[5 * 1024 * 1024]);
        (await SendAsync(topic, encoding, [.. large, .. large])).Refused(413, 413);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_body_that_inflates_beyond_the_bound_is_413(string encoding)
    {
        string topic = await proxy.NewTopicAsync();
        (await SendAsync(topic, encoding, Pack(encoding, new byte[64 * 1024 * 1024]))).Refused(413, 413);
    }

    [Theory]
    [InlineData("deflate")]
    [InlineData("gzip, gzip")]
    public async Task Another_encoding_is_415(string encoding)
    {
        string topic = await proxy.NewTopicAsync();
        (await SendAsync(topic, encoding, s_body)).Refused(415, 415);
    }

    [Theory]
    [InlineData("gzip, chunked", 501)]
    [InlineData("gzip,chunked", 501)]
    [InlineData("Chunked", 200)]
    public async Task A_body_that_is_compressed_on_the_way_is_501(string coding, int status)
    {
        using RawAnswer answer = await RawAnswer.SendAsync(
            proxy.Http,
            $"POST /topics/{await proxy.NewTopicAsync()} HTTP/1.1\r\nHost: x\r\nContent-Type: {HttpCalls.V2Json}\r\nTransfer-Encoding: {coding}\r\n\r\n"
                + "1c\r\n{\"records\":[{\"value\":1234}]}\r\n0\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", await answer.HeadAsync(), StringComparison.Ordinal);
    }

    private Task<Answer> SendAsync(string topic, string encoding, byte[] body) =>
        proxy.Http.RequestAsync($"/topics/{topic}", body, ("Content-Type", HttpCalls.V2Json), ("Content-Encoding", encoding));

    private static byte[] Pack(string encoding, byte[] bytes)
    {
        using var packed = new MemoryStream();
        switch (encoding.ToUpperInvariant())
        {
            case "IDENTITY":
                return bytes;
            case "ZSTD":
                using (RecordsLease zstd = Compression.Compress(CompressionType.Zstd, null, bytes)) return zstd.Span.ToArray();
            case "BR":
                using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(bytes);
                break;
            default:
                using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
                break;
        }
        return packed.ToArray();
    }
}
