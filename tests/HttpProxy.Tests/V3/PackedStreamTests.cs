using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.V3;

/// <summary>Streams of records that come compressed (RFC 9110, 8.4; http-proxy §4.3).</summary>
public sealed class PackedStreamTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Json = "application/json";

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task An_answer_comes_for_each_part_that_is_flushed(string encoding)
    {
        (string topic, string url) = await NewTopicAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Http.BaseAddress!.Port);
        await using NetworkStream stream = client.GetStream();
        using var answers = new StreamReader(stream, Encoding.UTF8);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {url} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Encoding: {encoding}\r\nTransfer-Encoding: chunked\r\n\r\n"));
        using var packer = new Packer(encoding);
        for (int i = 0; i < 3; i++)
        {
            byte[] part = packer.Flush($$$"""{"value":{"type":"STRING","data":"{{{i}}}"}}""");
            // In two pieces, wherever that cuts the compressed bytes.
            await ChunkAsync(stream, part[..(part.Length / 2)]);
            await ChunkAsync(stream, part[(part.Length / 2)..]);
            Assert.Equal(i, (long)(await NextAsync(answers))["offset"]!);
        }
        byte[] end = packer.End();
        if (end.Length > 0) await ChunkAsync(stream, end);
        await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        Assert.Equal("0", await LastChunkAsync(answers));
        Assert.Equal(3, await proxy.Http.EndOffsetAsync(topic));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_large_stream_comes_whole_and_in_order(string encoding)
    {
        (string topic, string url) = await NewTopicAsync();
        string records = string.Concat(Enumerable.Range(0, 5_000).Select(static i => $$$"""{"value":{"type":"STRING","data":"{{{i}}}{{{new string('x', i % 100)}}}"}}"""));
        JsonNode[] results = Results(await SendAsync(url, encoding, Packer.Whole(encoding, records)));
        Assert.Equal(Enumerable.Range(0, 5_000).Select(static i => (200, (long)i)), results.Select(static result => ((int)result["error_code"]!, (long)result["offset"]!)));
        Assert.Equal(5_000, await proxy.Http.EndOffsetAsync(topic));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_body_that_is_not_what_it_says_ends_the_stream(string encoding)
    {
        (string topic, string url) = await NewTopicAsync();
        (await SendAsync(url, encoding, "{}"u8.ToArray())).Refused(400, 400);
        using var packer = new Packer(encoding);
        byte[] good = packer.Flush("""{"value":{"type":"STRING","data":"a"}}""");
        byte[] cut = [.. good, .. encoding == "zstd" ? Packer.Whole("zstd", "{}")[..^2] : []];
        JsonNode[] results = Results(await SendAsync(url, encoding, cut));
        Assert.Equal([200, 400], results.Select(static result => (int)result["error_code"]!));
        Assert.Equal(1, await proxy.Http.EndOffsetAsync(topic));
        (await SendAsync(url, $"{encoding}, {encoding}", good)).Refused(415, 415);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task Bytes_behind_the_end_end_the_stream(string encoding)
    {
        (string topic, string url) = await NewTopicAsync();
        byte[] record = Packer.Whole(encoding, """{"value":{"type":"STRING","data":"a"}}""");
        JsonNode[] results = Results(await SendAsync(url, encoding, [.. record, .. "{}{}{}{}"u8]));
        Assert.Equal([200, 400], results.Select(static result => (int)result["error_code"]!));
        Assert.Equal(1, await proxy.Http.EndOffsetAsync(topic));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_stream_may_have_several_members(string encoding)
    {
        (string topic, string url) = await NewTopicAsync();
        byte[] record = Packer.Whole(encoding, """{"value":{"type":"STRING","data":"a"}}""");
        Assert.Equal([0, 1, 2], Results(await SendAsync(url, encoding, [.. record, .. record, .. record])).Select(static result => (int)result["offset"]!));
        Assert.Equal(3, await proxy.Http.EndOffsetAsync(topic));
    }

    [Fact]
    public async Task What_a_stream_may_refer_back_to_is_bounded()
    {
        (_, string url) = await NewTopicAsync();
        // A frame with a window of 128 MiB around two raw bytes.
        (await SendAsync(url, "zstd", [0x28, 0xb5, 0x2f, 0xfd, 0x00, 17 << 3, (2 << 3) | 1, 0, 0, (byte)'{', (byte)'}'])).Refused(400, 400);
        // And one of 8 MiB.
        Assert.Equal(200, (int)Results(await SendAsync(url, "zstd", [0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3, (2 << 3) | 1, 0, 0, (byte)'{', (byte)'}']))[0]["error_code"]!);
        // What an inflater holds counts as bodies do.
        HttpClient small = await proxy.StartAsync(new ProxyOptions { MaxBufferedRequestBytes = 100_000 });
        string records = string.Concat(Enumerable.Repeat($$$"""{"value":{"type":"STRING","data":"{{{new string('x', 1000)}}}"}}""", 1_000));
        JsonNode[] results = Results(await SendAsync(url, "br", Packer.Whole("br", records), small));
        Assert.Equal((200, 429), ((int)results[0]["error_code"]!, (int)results[^1]["error_code"]!));
    }

    private async Task<Answer> SendAsync(string url, string encoding, byte[] body, HttpClient? http = null) =>
        await (http ?? proxy.Http).RequestAsync(url, body, ("Content-Type", Json), ("Content-Encoding", encoding));

    private static JsonNode[] Results(Answer answer)
    {
        Assert.Equal(200, answer.Status);
        return [.. answer.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!)];
    }

    private async Task<(string Topic, string Url)> NewTopicAsync()
    {
        string topic = await proxy.NewTopicAsync();
        string cluster = await proxy.Http.ClusterIdAsync();
        return (topic, $"/v3/clusters/{cluster}/topics/{topic}/records");
    }

    private static async Task ChunkAsync(NetworkStream stream, byte[] bytes) =>
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes, (byte)'\r', (byte)'\n']);

    private static async Task<JsonNode> NextAsync(StreamReader answers)
    {
        while (await answers.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
            if (line.StartsWith('{')) return JsonNode.Parse(line)!;
        throw new EndOfStreamException("The answer ended without another object.");
    }

    /// <summary>The size of the chunk behind the last object.</summary>
    private static async Task<string?> LastChunkAsync(StreamReader answers)
    {
        string? line = "";
        while (line is "") line = await answers.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return line;
    }

    /// <summary>Compresses as a client does that flushes what it has said.</summary>
    private sealed class Packer : IDisposable
    {
        private readonly MemoryStream _packed = new();
        private readonly Stream? _packer;

        internal Packer(string encoding) => _packer = encoding switch
        {
            "gzip" => new GZipStream(_packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(_packed, CompressionLevel.Fastest, leaveOpen: true),
            // A frame for each part.
            _ => null,
        };

        internal static byte[] Whole(string encoding, string text)
        {
            using var packer = new Packer(encoding);
            return [.. packer.Flush(text), .. packer.End()];
        }

        internal byte[] Flush(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            if (_packer is null)
            {
                using RecordsLease frame = Compression.Compress(CompressionType.Zstd, null, bytes);
                return frame.Span.ToArray();
            }
            _packer.Write(bytes);
            _packer.Flush();
            return Take();
        }

        internal byte[] End()
        {
            _packer?.Dispose();
            return Take();
        }

        public void Dispose() => _packer?.Dispose();

        private byte[] Take()
        {
            byte[] taken = _packed.ToArray();
            _packed.SetLength(0);
            return taken;
        }
    }
}
