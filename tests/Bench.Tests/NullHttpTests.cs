using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Bench.NullHttp;

namespace Gateway.Bench.Tests;

/// <summary>The bare web server the HTTP doors are held against must do what it claims, or it is no ceiling.</summary>
public sealed class NullHttpTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Theory]
    [InlineData("""{"records":[{"value":"aGVsbG8="},{"key":"YQ==","value":"IQ=="}]}""", "hello!", 2)]
    [InlineData("""{"records":[{"value":{"a":[1,2]}},{"value":null}]}""", """{"a":[1,2]}null""", 2)]
    [InlineData("""{"records":[]}""", "", 0)]
    public void Values_are_decoded_one_after_another(string body, string expected, int records)
    {
        byte[] json = Encoding.UTF8.GetBytes(body);
        byte[] to = new byte[json.Length];
        int length = ProduceJson.Read(json, to, out int found);
        Assert.Equal((expected, records), (Encoding.UTF8.GetString(to, 0, length), found));
    }

    [Fact]
    public async Task A_produce_is_answered_with_offsets_that_follow_each_other()
    {
        await using NullHttpServer server = await NullHttpServer.StartAsync(AnyPort, null);
        using var client = new HttpClient { BaseAddress = server.Address };
        await PostAsync(client, "/topics/x", """{"records":[{"value":"YQ=="}]}""");
        JsonElement answer = await PostAsync(client, "/topics/x", """{"records":[{"value":"YQ=="},{"value":"YQ=="}]}""");
        Assert.Equal("1 2", string.Join(' ', answer.GetProperty("offsets").EnumerateArray().Select(static o => o.GetProperty("offset").GetInt64())));
    }

    [Fact]
    public async Task A_large_body_in_pieces_is_read_whole()
    {
        await using NullHttpServer server = await NullHttpServer.StartAsync(AnyPort, null);
        using var client = new HttpClient { BaseAddress = server.Address };
        string record = $$"""{"value":"{{Convert.ToBase64String(new byte[3000])}}"}""";
        JsonElement answer = await PostAsync(client, "/topics/x", $$"""{"records":[{{string.Join(',', Enumerable.Repeat(record, 100))}}]}""");
        Assert.Equal(100, answer.GetProperty("offsets").GetArrayLength());
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_is_refused()
    {
        await using NullHttpServer server = await NullHttpServer.StartAsync(AnyPort, null);
        using var client = new HttpClient { BaseAddress = server.Address };
        using HttpResponseMessage answer = await client.PostAsync("/topics/x", new StringContent("{\"records\":"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    [Fact]
    public async Task A_stream_of_events_begins_and_stays_open()
    {
        await using NullHttpServer server = await NullHttpServer.StartAsync(AnyPort, null);
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        await using Stream events = await client.GetStreamAsync(new Uri("/topics/x/records", UriKind.Relative));
        byte[] start = new byte[13];
        await events.ReadExactlyAsync(start);
        Assert.Equal("retry: 1000\n\n", Encoding.UTF8.GetString(start));
        Assert.False(events.ReadAsync(start).AsTask().IsCompleted);
    }

    [Fact]
    public async Task A_schema_comes_back_under_its_id()
    {
        await using NullHttpServer server = await NullHttpServer.StartAsync(AnyPort, null);
        using var client = new HttpClient { BaseAddress = server.Address };
        int id = (await PostAsync(client, "/subjects/s/versions", """{"schema":"\"int\""}""")).GetProperty("id").GetInt32();
        Assert.Equal("""{"guid":"00000000-0000-0000-0000-000000000000","schemaType":"AVRO","schema":"\"int\""}""", await client.GetStringAsync($"/schemas/ids/{id}"));
    }

    [Fact]
    public async Task With_a_journal_the_bytes_are_in_the_file_when_the_answer_comes()
    {
        string path = Path.Combine(Path.GetTempPath(), $"null-http-{Guid.NewGuid():N}");
        await using (NullHttpServer server = await NullHttpServer.StartAsync(AnyPort, new GroupCommitFile(path)))
        {
            using var client = new HttpClient { BaseAddress = server.Address };
            await PostAsync(client, "/topics/x", """{"records":[{"value":"aGVsbG8="}]}""");
            await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] start = new byte[5];
            await file.ReadExactlyAsync(start);
            Assert.Equal("hello", Encoding.UTF8.GetString(start));
        }
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Bytes_that_are_only_written_lie_behind_each_other_in_the_file()
    {
        string path = Path.Combine(Path.GetTempPath(), $"null-http-{Guid.NewGuid():N}");
        await using (NullHttpServer server = await NullHttpServer.StartAsync(AnyPort, new GrowingFile(path)))
        {
            using var client = new HttpClient { BaseAddress = server.Address };
            await PostAsync(client, "/topics/x", """{"records":[{"value":"aGVsbG8="},{"value":"IA=="}]}""");
            await PostAsync(client, "/topics/x", """{"records":[{"value":"d29ybGQ="}]}""");
            await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            Assert.Equal("hello world", await reader.ReadToEndAsync());
        }
        Assert.False(File.Exists(path));
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, string body)
    {
        using HttpResponseMessage answer = await client.PostAsync(path, new StringContent(body, MediaTypeHeaderValue.Parse("application/json")));
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync()).RootElement;
    }
}
