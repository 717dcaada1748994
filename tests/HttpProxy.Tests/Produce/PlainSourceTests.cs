using System.Text;
using Gateway.Client.Fetching;
using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Tests.Running;
using Record = Gateway.Common.Records.Record;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary>Plain requests are decoded straight into the batch: what is stored and answered is what any other way stores and answers.</summary>
public sealed class PlainSourceTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const int Most = 1000;

    [Fact]
    public void The_records_of_a_request_are_added_behind_what_there_is()
    {
        using RecordBatchBuilder batch = new(new RecordBatchOptions());
        batch.Append(40, null, "first"u8.ToArray());
        Assert.True(TryAppend("""{"records":[{"value":"aGk="},{"key":"aw==","value":""},{"key":""}]}""", batch, mayHaveKeys: true));
        using RecordsLease built = batch.Build();
        Assert.Equal(
            [(40, null, "first"), (50, null, "hi"), (50, "k", ""), (50, "", null)],
            RecordReader.ReadAll(built.Memory).Select(record => (record.TimestampMs, Text(record.Key), Text(record.Value))));
    }

    [Theory]
    [InlineData("""{"records":[{"value":"aGk="},{"key":"aw==","value":"aGk="}]}""", false)]
    [InlineData("""{"records":[{"value":"aGk="},{"value":"aGk"}]}""", true)]
    [InlineData("""{"records":[{"value":"aGk="},{"value":"a\u0047k="}]}""", true)]
    [InlineData("""{"records":[{"value":"aGk="},{"value":null}]}""", true)]
    [InlineData("""{"records":[{"value":"aGk="},{"value":"aGk=","partition":0}]}""", true)]
    [InlineData("""{"records":[{"value":"aGk="}],"value_schema_id":1}""", true)]
    [InlineData("""{"records":[{"value":"aGk="}]} {}""", true)]
    [InlineData("""{"records":[{"value":"aGk="}""", true)]
    [InlineData("""{"records":[]}""", true)]
    [InlineData("", true)]
    public void What_is_not_plain_is_left_to_others(string body, bool mayHaveKeys)
    {
        using RecordBatchBuilder batch = new(new RecordBatchOptions());
        Assert.False(TryAppend(body, batch, mayHaveKeys));
    }

    [Fact]
    public void What_may_be_too_large_for_a_record_is_left_to_others()
    {
        using RecordBatchBuilder batch = new(new RecordBatchOptions());
        string large = Convert.ToBase64String(new byte[Most + 1]);
        Assert.False(TryAppend($$"""{"records":[{"value":"{{large}}"}]}""", batch, mayHaveKeys: true));
        Assert.True(TryAppend($$"""{"records":[{"value":"{{large[..900]}}"}]}""", batch, mayHaveKeys: true));
    }

    [Theory]
    [InlineData(1, 1, 100)]
    [InlineData(1, 300, 100)]
    [InlineData(1, 100, 1024)]
    [InlineData(1, 3, 100_000)]
    [InlineData(2, 300, 20)]
    public async Task However_a_request_is_written_the_same_is_stored(int partitions, int count, int size)
    {
        var random = new Random(count);
        List<(byte[]? Key, byte[]? Value)> records = [.. Enumerable.Range(0, count).Select(_ => (partitions > 1 || random.Next(3) > 0 ? null : Bytes(8), Bytes(size)))];
        string plain = Request(records, "value"), escaped = Request(records, "val\\u0075e");
        // A name with an escape is read by the JSON reader; a parameter that changes nothing is served the ordinary way.
        string[][] ways = [["", plain], ["", plain], ["?timeout=60000", plain], ["", escaped]];
        string topic = await proxy.NewTopicAsync(partitions);
        for (int way = 0; way < ways.Length; way++)
        {
            Answer answer = await proxy.Http.PostAsync($"/topics/{topic}/partitions/0{ways[way][0]}", HttpCalls.V2Binary, ways[way][1]);
            Assert.Equal(200, answer.Status);
            Assert.Equal(
                Enumerable.Range(way * count, count).Select(offset => $$"""{"partition":0,"offset":{{offset}},"error_code":null,"error":null}"""),
                answer.Json["offsets"]!.AsArray().Select(result => result!.ToJsonString()));
        }
        List<Record> stored = await ReadAsync(topic, ways.Length * count);
        Assert.Equal(ways.Length * count, stored.Count);
        for (int i = 0; i < stored.Count; i++)
        {
            Assert.Equal(records[i % count].Key, stored[i].Key?.ToArray());
            Assert.Equal(records[i % count].Value, stored[i].Value?.ToArray());
            Assert.Empty(stored[i].Headers);
        }

        byte[] Bytes(int most)
        {
            byte[] bytes = new byte[random.Next(most + 1)];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Fact]
    public async Task Offsets_are_told_in_order_across_every_change_of_their_length()
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Binary, """{"records":[{"value":""}]}""");
        long next = 1;
        foreach (int count in new[] { 8, 1, 1, 95, 900, 9_500 })
        {
            string body = $$"""{"records":[{{string.Join(',', Enumerable.Repeat("""{"value":""}""", count))}}]}""";
            Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Binary, body);
            string expected = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"partition":0,"offset":{{next + i}},"error_code":null,"error":null}"""));
            Assert.Equal($$"""{"offsets":[{{expected}}],"key_schema_id":null,"value_schema_id":null}""", answer.Text);
            next += count;
        }
    }

    [Fact]
    public async Task Keys_of_a_topic_with_partitions_decide_where_their_records_go()
    {
        string topic = await proxy.NewTopicAsync(partitions: 5);
        string keys = string.Join(',', Enumerable.Range(0, 40).Select(i => $$"""{"key":"{{Convert.ToBase64String(Encoding.ASCII.GetBytes($"key {i}"))}}"}"""));
        int[][] partitions = new int[3][];
        for (int i = 0; i < 3; i++)
        {
            Answer answer = await proxy.Http.PostAsync($"/topics/{topic}{(i == 2 ? "?timeout=60000" : "")}", HttpCalls.V2Binary, $$"""{"records":[{{keys}}]}""");
            partitions[i] = [.. answer.Json["offsets"]!.AsArray().Select(result => (int)result!["partition"]!)];
        }
        Assert.Equal(5, partitions[0].Distinct().Count());
        Assert.Equal(partitions[0], partitions[1]);
        Assert.Equal(partitions[0], partitions[2]);
    }

    private async Task<List<Record>> ReadAsync(string topic, int count)
    {
        var records = new List<Record>();
        while (records.Count < count)
        {
            // Not disposed: the records are slices of its memory.
            FetchedRecords fetched = await proxy.Client.Fetcher.ReadAsync(new TopicPartition(topic, 0), records.Count, new FetchLimits(4 << 20, TimeSpan.Zero), default);
            records.AddRange(fetched.ReadRecords());
        }
        return records;
    }

    private static bool TryAppend(string body, RecordBatchBuilder batch, bool mayHaveKeys) =>
        new PlainSource(Encoding.UTF8.GetBytes(body), Most).TryAppendTo(batch, 50, mayHaveKeys);

    private static string Request(IEnumerable<(byte[]? Key, byte[]? Value)> records, string value)
    {
        IEnumerable<string> texts = records.Select(record =>
            $$"""{ {{(record.Key is null ? "" : $"\"key\":\"{Convert.ToBase64String(record.Key)}\",")}}"{{value}}":"{{Convert.ToBase64String(record.Value!)}}"}""");
        return $$"""{"records":[{{string.Join(',', texts)}}]}""";
    }

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Encoding.UTF8.GetString(some.Span) : null;
}
