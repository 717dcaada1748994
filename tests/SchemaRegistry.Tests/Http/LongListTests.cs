using System.Net.Sockets;
using System.Text;

namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Lists that are longer than an answer is held in memory: made while the client takes them, in the bytes a short one has.</summary>
public class LongListTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static string Enum(int number, int length) =>
        $$"""{"type":"enum","name":"E{{number}}","doc":"{{string.Concat(Enumerable.Repeat("ä€\U0001F600\\\"", length / 8))}}","symbols":["A"]}""";

    private static async Task<RegistryServer> StartAsync(int subjects, int length, RegistryOptions? options = null, LogLines? log = null)
    {
        var server = await RegistryServer.StartAsync(options: options, log: log);
        for (var i = 0; i < subjects; i++) await server.RegisterAsync($"s{i:D3}", Enum(i, length));
        return server;
    }

    [Fact]
    public async Task A_long_list_has_the_bytes_of_its_items()
    {
        await using var server = await StartAsync(4, 60_000);
        var items = new List<string>();
        for (var i = 0; i < 4; i++) items.Add((await server.GetAsync($"/subjects/s{i:D3}/versions/1")).Text);
        using var response = await server.Http.GetAsync("/schemas");
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal($"[{string.Join(",", items)}]", text);
        Assert.True(text.Length > 200_000);
        Assert.True(response.Headers.TransferEncodingChunked);
        Assert.Equal("application/vnd.schemaregistry.v1+json", response.Content.Headers.ContentType?.ToString());
        Assert.NotEmpty(response.Headers.GetValues("X-Request-ID"));
        (await server.GetAsync("/schemas?offset=1&limit=2")).Is($"[{items[1]},{items[2]}]");
        var paged = await server.GetAsync("/schemas?offset=4");
        paged.Is("[]");
    }

    [Theory]
    [InlineData("/schemas", 1, 60_000, null)]
    [InlineData("/schemas", 1, 80, 430L)]
    [InlineData("/subjects", 3, 80, 22L)]
    public async Task Asked_for_its_head_a_list_tells_what_it_would_tell_otherwise(string path, int subjects, int length, long? announced)
    {
        await using var server = await StartAsync(subjects, length);
        using var whole = await server.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await server.Http.SendAsync(request);
        Assert.Equal((200, ""), ((int)head.StatusCode, await head.Content.ReadAsStringAsync()));
        Assert.Equal(announced, whole.Content.Headers.ContentLength);
        Assert.Equal(announced, head.Content.Headers.TryGetValues("Content-Length", out var lengths) ? long.Parse(lengths.Single(), null) : null);
        Assert.Equal(whole.Content.Headers.ContentType, head.Content.Headers.ContentType);
    }

    [Fact]
    public async Task Numbers_and_names_without_end_are_lists_too()
    {
        await using var server = await RegistryServer.StartAsync();
        foreach (var i in Enumerable.Range(0, 500)) server.Topic.Write(
            $$"""{"keytype":"SCHEMA","subject":"{{new string('s', 200)}}{{i:D3}}","version":1,"magic":1}""", """{"id":1,"schema":"\"int\""}""");
        await server.Service.AppliedAsync(499);
        var names = Enumerable.Range(0, 500).Select(i => $"{new string('s', 200)}{i:D3}").ToList();
        (await server.GetAsync("/subjects")).Is($"[{string.Join(",", names.Select(name => $"\"{name}\""))}]");
        (await server.GetAsync("/schemas/ids/1/subjects?offset=1")).Is($"[{string.Join(",", names.Skip(1).Select(name => $"\"{name}\""))}]");
        (await server.GetAsync("/schemas/ids/1/versions?limit=400")).Is(
            $"[{string.Join(",", names.Take(400).Select(name => $"{{\"subject\":\"{name}\",\"version\":1}}"))}]");
    }

    [Fact]
    public async Task Associations_with_their_schemas_are_made_as_they_are_taken()
    {
        await using var server = await StartAsync(2, 60_000);
        await server.PostAsync("/associations", """{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"s000"},{"subject":"s001","associationType":"key"}]}""");
        var versions = new List<string>();
        foreach (var subject in new[] { "s001", "s000" }) versions.Add((await server.GetAsync($"/subjects/{subject}/versions/1")).Text);
        var answer = await server.PostAsync("/associations:batchGet?includeSchemas=true", """{"requests":[{"resourceId":"i"},{}]}""");
        Assert.Equal(207, answer.Status);
        Assert.Equal(
            $$$"""{"results":[{"result":{"resourceName":"t","resourceNamespace":"c","resourceId":"i","resourceType":"topic","associations":[{"subject":"s001","associationType":"key","lifecycle":"WEAK","frozen":false,"schema":{{{versions[0]}}}},{"subject":"s000","associationType":"value","lifecycle":"WEAK","frozen":false,"schema":{{{versions[1]}}}}]}},{"error":{"error_code":42212,"message":"Invalid association: 'resourceId' must be given, or 'resourceName'"}}]}""",
            answer.Text);
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_list_is_cut_off()
    {
        var log = new LogLines();
        await using var server = await StartAsync(40, 400_000, new RegistryOptions { ReaderStallTimeout = TimeSpan.FromMilliseconds(200) }, log);
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /schemas HTTP/1.1\r\nHost: x\r\n\r\n"));
        // The answer is far more than the kernel keeps for a client; reading begins only after the server has given it up.
        await log.SeenAsync("takes too little of its answer").WaitAsync(Deadline);
        var bytes = new byte[1 << 20];
        long length = 0;
        try
        {
            for (int count; (count = await client.GetStream().ReadAsync(bytes).AsTask().WaitAsync(Deadline)) > 0;) length += count;
        }
        catch (IOException)
        {
            // Cut, not ended.
        }
        Assert.InRange(length, 0, 40 * 400_000 - 1);
        (await server.GetAsync("/subjects?limit=1")).Is("[\"s000\"]");
    }
}
