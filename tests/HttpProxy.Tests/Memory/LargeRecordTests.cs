using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.Client.Producing;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Testing;

namespace Gateway.HttpProxy.Tests.Memory;

/// <summary>A few stored bytes that inflate to more than a process may hold: bounded for all readers together, and no reader is blocked.</summary>
public sealed class LargeRecordTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const int MiB = 1 << 20;

    public static TheoryData<CompressionType, string> Reads
    {
        get
        {
            var reads = new TheoryData<CompressionType, string>();
            foreach (CompressionType codec in new[] { CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd })
                foreach (string read in new[] { "fetch", "lines", "events", "v3" }) reads.Add(codec, read);
            return reads;
        }
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task A_record_that_can_never_be_held_stands_as_too_large_and_does_not_block_the_others(CompressionType codec, string read)
    {
        string topic = await NewTopicAsync(codec, 12 * MiB, 3);
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxBufferedResponseBytes = 8 * MiB });
        List<JsonNode> records = await ReadAsync(http, topic, read);
        Assert.Equal([0, 1], records.Select(static record => (int)record["offset"]!));
        Assert.Null(records[0]["value"]);
        Assert.Equal("too_large", (string?)records[0]["value_encoding"]);
        Assert.Equal("aaa", (string?)records[1]["value"]);
        Assert.Equal(0, proxy.ServiceOf(http).ReaderMemory.Used);
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task A_record_that_can_be_held_comes_whole(CompressionType codec, string read)
    {
        string topic = await NewTopicAsync(codec, 12 * MiB, 3);
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxBufferedResponseBytes = 64 * MiB });
        Answer binary = await http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0", HttpCalls.V2Binary);
        Assert.Equal(16 * MiB, ((string?)binary.Json[0]!["value"])!.Length);
        List<JsonNode> records = await ReadAsync(http, topic, read);
        Assert.Equal(new string('a', 12 * MiB), (string?)records[0]["value"]);
        Assert.Equal("aaa", (string?)records[1]["value"]);
        Assert.Equal(0, proxy.ServiceOf(http).ReaderMemory.Used);
    }

    [Fact]
    public async Task A_fetch_that_finds_the_memory_taken_is_429_and_a_stream_waits_for_its_turn()
    {
        string topic = await NewTopicAsync(CompressionType.Gzip, 4 * MiB, 3);
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxBufferedResponseBytes = 16 * MiB, ReaderStallTimeout = TimeSpan.FromSeconds(7) });
        ReaderMemory memory = proxy.ServiceOf(http).ReaderMemory;
        using var others = new ReaderShare(memory);
        IMemoryGrant held = others.TryTake(13 * MiB)!;
        Task<List<JsonNode>> stream = ReadAsync(http, topic, "lines");
        Answer refused = await http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0", HttpCalls.V2Binary);
        refused.Refused(429, 429);
        Assert.Equal(TimeSpan.FromSeconds(7), refused.Headers.RetryAfter!.Delta);
        Assert.False(stream.IsCompleted);
        // What takes little has its own.
        Assert.Equal(200, (await http.GetAsync($"/topics/{topic}/partitions/0/records?offset=1", HttpCalls.V2Binary)).Status);
        held.Dispose();
        Assert.Equal([4 * MiB, 3], (await stream).Select(static record => ((string?)record["value"])!.Length));
        Assert.Equal(200, (await http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0", HttpCalls.V2Binary)).Status);
        Assert.Equal(0, memory.Used);
    }

    [Fact]
    public async Task A_stream_that_waits_for_memory_in_some_partitions_goes_on_in_the_others_and_says_that_it_is_alive()
    {
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxBufferedResponseBytes = 16 * MiB }, client: client);
        ReaderMemory memory = proxy.ServiceOf(http).ReaderMemory;
        using var others = new ReaderShare(memory);
        IMemoryGrant held = others.TryTake(13 * MiB)!;
        string topic = await NewTopicAsync(CompressionType.Gzip, [4 * MiB], [4 * MiB], [3]);
        using StreamClient stream = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?from=earliest&format=text&heartbeat=20s");
        Assert.Equal((2, 0), Assert.Single(await stream.TakeAsync(1)).Place);
        // No clock has to go on for that.
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("heartbeat", (await stream.NextAsync())!.Name);
        held.Dispose();
        Assert.Equal([(0, 0L), (1, 0L)], (await stream.TakeAsync(2)).Select(static record => record.Place).Order());
    }

    [Fact]
    public async Task A_stream_that_waits_for_memory_ends_with_its_server()
    {
        string topic = await NewTopicAsync(CompressionType.Gzip, [4 * MiB], [4 * MiB], [3]);
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxBufferedResponseBytes = 16 * MiB }, client: client);
        ReaderMemory memory = proxy.ServiceOf(http).ReaderMemory;
        using var others = new ReaderShare(memory);
        using IMemoryGrant held = others.TryTake(13 * MiB)!;
        using StreamClient stream = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?from=earliest&format=text");
        Assert.Equal((2, 0), Assert.Single(await stream.TakeAsync(1)).Place);
        await proxy.StopAsync(http);
        Assert.Null(await stream.NextAsync());
        Assert.Equal(13 * MiB, memory.Used);
        Assert.Equal(0, memory.Waiting);
    }

    [Fact]
    public async Task A_fetch_that_waits_for_memory_holds_none_and_not_the_room_of_a_page_either()
    {
        string topic = await proxy.NewTopicAsync();
        await using Producer producer = proxy.Client.CreateProducer(new ProducerOptions { Compression = CompressionType.Gzip });
        using var set = new RecordSet();
        // A name takes far more room while it is written than it has bytes.
        set.Add(null, "small"u8.ToArray(), headers: [new RecordHeader(new string('h', 25_000), default)]);
        set.Add(null, new byte[900_000]);
        await producer.ProduceAsync(topic, set);
        var time = new ToldOfTimers();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxBufferedResponseBytes = 4 * MiB }, client: client);
        ReaderMemory memory = proxy.ServiceOf(http).ReaderMemory;
        using var others = new ReaderShare(memory);
        IMemoryGrant held = others.TryTake((3 * MiB) - (MiB / 16))!;
        long used = 0;
        // Whoever waits in line sets a clock for it.
        time.Told = () =>
        {
            if (memory.Waiting == 0) return;
            used = memory.Used;
            held.Dispose();
        };
        Answer answer = await http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0", HttpCalls.V2Binary);
        Assert.Equal(200, answer.Status);
        Assert.Equal(2, answer.Json.AsArray().Count);
        Assert.Equal((3 * MiB) - (MiB / 16), used);
        Assert.Equal(0, memory.Used);
    }

    [Fact]
    public async Task Many_readers_of_what_is_large_take_turns_and_all_get_it()
    {
        string topic = await NewTopicAsync(CompressionType.Gzip, 4 * MiB, 3);
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxBufferedResponseBytes = 16 * MiB });
        List<JsonNode>[] all = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => ReadAsync(http, topic, "lines")));
        foreach (List<JsonNode> records in all) Assert.Equal([4 * MiB, 3], records.Select(static record => ((string?)record["value"])!.Length));
        Assert.Equal(0, proxy.ServiceOf(http).ReaderMemory.Used);
    }

    private Task<string> NewTopicAsync(CompressionType codec, params int[] sizes) => NewTopicAsync(codec, [sizes]);

    /// <summary>A topic with these values in each of its partitions.</summary>
    private async Task<string> NewTopicAsync(CompressionType codec, params int[][] partitions)
    {
        string topic = await proxy.NewTopicAsync(partitions.Length, ("max.message.bytes", "20000000"));
        await using Producer producer = proxy.Client.CreateProducer(new ProducerOptions { Compression = codec, MaxBatchBytes = 20_000_000 });
        for (int partition = 0; partition < partitions.Length; partition++)
        {
            // One after the other, so that each is a batch of its own.
            foreach (int size in partitions[partition])
                await producer.ProduceAsync(topic, null, Enumerable.Repeat((byte)'a', size).ToArray(), partition);
        }
        return topic;
    }

    private sealed class ToldOfTimers : TimeProvider
    {
        internal Action Told { get; set; } = static () => { };

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Told();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private static async Task<List<JsonNode>> ReadAsync(HttpClient http, string topic, string read)
    {
        if (read == "fetch")
            return [.. (await http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0&max_bytes=60000000", "application/vnd.kafka.text.v2+json")).Json.AsArray().Select(static record => record!)];
        if (read == "v3")
        {
            string cluster = (string)(await http.AskAsync("/v3/clusters")).Json["data"]![0]!["cluster_id"]!;
            return [.. (await http.AskAsync($"/v3/clusters/{cluster}/topics/{topic}/partitions/0/records?offset=0&max_bytes=60000000&format=text")).Json["data"]!.AsArray().Select(static record => record!)];
        }
        string text = (await http.GetAsync(
            $"/topics/{topic}/records?until=end&from=earliest&format=text", read == "lines" ? "application/x-ndjson" : "text/event-stream")).Text;
        return [.. text.Split('\n').Select(static line => line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : line)
            .Where(static line => line.StartsWith('{') && line.Contains("\"offset\"", StringComparison.Ordinal)).Select(static line => JsonNode.Parse(line)!)];
    }
}
