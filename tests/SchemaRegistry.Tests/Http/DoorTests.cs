using System.Net.Sockets;
using System.Text;

namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>What holds for every request (schema-registry 1.1).</summary>
public class DoorTests
{
    [Fact]
    public async Task Schemas_are_found_by_id_and_guid()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"string\"");
        const string content = """{"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\""}""";
        (await server.GetAsync("/schemas/ids/1")).Is(content);
        (await server.GetAsync("/schemas/ids/1?fetchMaxId=true")).Is(content[..^1] + ",\"maxId\":1}");
        (await server.GetAsync("/schemas/ids/1?subject=s")).Is("{\"subject\":\"s\",\"version\":1," + content[1..^1] + ",\"ts\":1700000000000,\"deleted\":false}");
        (await server.GetAsync("/schemas/ids/1/schema")).Is("\"string\"");
        (await server.GetAsync("/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d")).Is(content);
        (await server.GetAsync("/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d/ids")).Is("""[{"context":".","id":1}]""");
    }

    [Fact]
    public async Task The_answer_for_an_id_is_the_same_whether_it_is_at_hand_or_not()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"string\"", ""","metadata":{"properties":{"ä":"<b>"}},"ruleSet":{"domainRules":[{"name":"r","type":"CEL"}]}"""));
        var text = (await server.GetAsync("/schemas/ids/1?format=")).Text;
        for (var i = 0; i < 3; i++)
        {
            var answer = await server.SendAsync(HttpMethod.Get, "/schemas/ids/1", accept: i == 1 ? "application/json" : null);
            answer.Is(text);
            Assert.Equal(i == 1 ? "application/json" : "application/vnd.schemaregistry.v1+json", answer.ContentType);
            Assert.NotEmpty(answer.Headers["X-Request-ID"]);
            Assert.Contains("no-store", answer.Headers["Cache-Control"], StringComparison.Ordinal);
        }
        (await server.SendAsync(HttpMethod.Get, "/schemas/ids/1", accept: "text/html")).IsError(406, 406, "HTTP 406 Not Acceptable");
        (await server.GetAsync("/schemas/ids/2")).IsError(404, 40403, "Schema 2 not found");
        await server.DeleteAsync("/subjects/s");
        (await server.GetAsync("/schemas/ids/1")).Is(text);
        await server.DeleteAsync("/subjects/s?permanent=true");
        (await server.GetAsync("/schemas/ids/1")).IsError(404, 40403, "Schema 1 not found");
    }

    [Theory]
    [InlineData("PUT", "/config/%2E", """{"compatibility":"NONE"}""", 200, """{"compatibility":"NONE"}""")]
    [InlineData("PUT", "/mode/.", """{"mode":"READONLY"}""", 200, """{"mode":"READONLY"}""")]
    [InlineData("PUT", "/mode/..", """{"mode":"READONLY"}""", 200, """{"mode":"READONLY"}""")]
    [InlineData("DELETE", "/subjects/victim/versions/..", null, 422, "42202")]
    [InlineData("DELETE", "/subjects/victim/versions/%2e%2e", null, 422, "42202")]
    [InlineData("DELETE", "/subjects/victim/versions/%2e%2E?permanent=true", null, 422, "42202")]
    [InlineData("DELETE", "/subjects/victim/.", null, 404, "404")]
    [InlineData("GET", "/x/../subjects/victim/versions?deleted=true", null, 404, "404")]
    [InlineData("GET", "/x/../schemas/ids/1", null, 404, "404")]
    [InlineData("GET", "/schemas/ids/./1", null, 404, "404")]
    [InlineData("GET", "/subjects/..%2Fvictim/versions", null, 404, "40401")]
    [InlineData("POST", "/subjects/%2e/versions", """{"schema":"\"int\""}""", 200, "\"version\":1")]
    [InlineData("GET", "/contexts/../subjects/victim/versions", null, 404, "40401")]
    public async Task Dot_segments_are_names_like_any_other(string method, string path, string? body, int status, string part)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("victim", "\"int\"");
        await server.RegisterAsync("victim", "\"long\"");
        await server.DeleteAsync("/subjects/victim/versions/2");
        var answer = await server.SendAsIsAsync(new HttpMethod(method), path, body);
        Assert.Equal(status, answer.Status);
        Assert.Contains(part, answer.Text, StringComparison.Ordinal);
        (await server.GetAsync("/subjects/victim/versions?deleted=true")).Is("[1,2]");
        (await server.GetAsync("/config")).Is("""{"compatibilityLevel":"BACKWARD"}""");
        (await server.GetAsync("/mode")).Is("""{"mode":"READWRITE"}""");
        if (method == "PUT")
        {
            var set = await server.SendAsIsAsync(HttpMethod.Get, path);
            set.Is(part.Replace("compatibility", "compatibilityLevel", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("GET http://any/subjects/%2E/versions HTTP/1.1", "[1]")]
    [InlineData("GET http://any/subjects/./versions?deleted=true HTTP/1.1", "[1]")]
    [InlineData("GET http://any HTTP/1.1", "{}")]
    public async Task The_absolute_form_of_a_target_is_read_as_it_is_too(string line, string body)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.SendAsIsAsync(HttpMethod.Post, "/subjects/./versions", RegistryServer.Body("\"int\""));
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\r\nHost: any\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(socket.GetStream());
        var answer = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + body, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"schema":5}""")]
    [InlineData("""{"schema":"\"int\"","references":"x"}""")]
    [InlineData("""{"schema":"\"int\"","references":[5]}""")]
    [InlineData("""{"schema":"\"int\"","id":1099511627776}""")]
    [InlineData("""{"schema":"\"int\"","metadata":5}""")]
    [InlineData("""{"schema":"\"int\"","metadata":{"properties":[]}}""")]
    [InlineData("""{"schema":"\"int\"","metadata":{"tags":{"a":"b"}}}""")]
    [InlineData("""{"schema":"\"int\"","metadata":{"sensitive":"x"}}""")]
    [InlineData("""{"schema":"\ud800"}""")]
    [InlineData("""{"schema":"\"int\"","references":[{"name":"\udc00"}]}""")]
    public async Task A_body_that_is_no_schema_request_is_refused_and_not_taken_for_another(string body)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"string\"");
        foreach (string path in new[] { "/subjects/s/versions", "/subjects/s", "/compatibility/subjects/s/versions/latest" })
        {
            var answer = await server.PostAsync(path, body);
            Assert.Equal((400, "application/vnd.schemaregistry.v1+json"), (answer.Status, answer.ContentType));
        }
    }

    [Fact]
    public async Task A_schema_with_half_a_surrogate_pair_is_invalid()
    {
        await using var server = await RegistryServer.StartAsync();
        var answer = await server.PostAsync("/subjects/s/versions", """
            {"schema":"{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"f\",\"type\":\"string\",\"default\":\"\\ud800\"}]}"}
            """);
        Assert.Equal(422, answer.Status);
        Assert.Contains("\"error_code\":42201", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/schemas/ids/9", 40403, "Schema 9 not found")]
    [InlineData("/schemas/ids/-1", 40403, "Schema -1 not found")]
    [InlineData("/schemas/ids/-1/versions", 40403, "Schema -1 not found")]
    [InlineData("/schemas/ids/9/schema", 40403, "Schema 9 not found")]
    [InlineData("/schemas/ids/9/subjects", 40403, "Schema 9 not found")]
    [InlineData("/schemas/ids/9/versions", 40403, "Schema 9 not found")]
    [InlineData("/schemas/ids/abc", 404, "HTTP 404 Not Found")]
    [InlineData("/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d", 40403, "Schema 095d71cf-1255-6b9d-5e33-0ad575b3df5d not found")]
    [InlineData("/schemas/guids/nonsense/ids", 40403, "Schema nonsense not found")]
    [InlineData("/nonsense", 404, "HTTP 404 Not Found")]
    [InlineData("/subjects/s/versions/1/nonsense", 404, "HTTP 404 Not Found")]
    [InlineData("/subjects.json", 404, "HTTP 404 Not Found")]
    public async Task What_is_not_there_is_a_404_in_json(string path, int code, string message)
    {
        await using var server = await RegistryServer.StartAsync();
        var answer = await server.GetAsync(path);
        answer.IsError(404, code, message);
        Assert.Equal("application/vnd.schemaregistry.v1+json", answer.ContentType);
    }

    [Theory]
    [InlineData("PATCH", "/subjects", "GET, HEAD")]
    [InlineData("POST", "/schemas/types", "GET, HEAD")]
    [InlineData("PUT", "/subjects/s/versions", "GET, HEAD, POST")]
    [InlineData("OPTIONS", "/contexts/.c/subjects/s", "POST, DELETE")]
    [InlineData("HEAD", "/compatibility/subjects/s/versions", "POST")]
    [InlineData("POST", "/config/s", "GET, HEAD, PUT, DELETE")]
    public async Task A_wrong_method_is_a_405_in_json(string method, string path, string allow)
    {
        await using var server = await RegistryServer.StartAsync();
        var answer = await server.SendAsync(new HttpMethod(method), path, "{}");
        if (method == "HEAD") Assert.Equal((405, ""), (answer.Status, answer.Text));
        else answer.IsError(405, 405, "HTTP 405 Method Not Allowed");
        Assert.Equal(allow, answer.Allow);
    }

    [Theory]
    [InlineData("application/vnd.schemaregistry.v1+json", true)]
    [InlineData("application/vnd.schemaregistry+json", true)]
    [InlineData("application/json", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/octet-stream", true)]
    [InlineData("", true)]
    [InlineData("text/plain", false)]
    [InlineData("application/xml", false)]
    public async Task Content_types_are_taken_or_415(string contentType, bool taken)
    {
        await using var server = await RegistryServer.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Post, "/subjects/s/versions", RegistryServer.Body("\"int\""), contentType);
        if (taken) Assert.Equal(200, answer.Status);
        else answer.IsError(415, 415, "HTTP 415 Unsupported Media Type");
    }

    [Theory]
    [InlineData(null, "application/vnd.schemaregistry.v1+json")]
    [InlineData("*/*", "application/vnd.schemaregistry.v1+json")]
    [InlineData("application/json", "application/json")]
    [InlineData("application/vnd.schemaregistry+json", "application/vnd.schemaregistry+json")]
    [InlineData("application/json;q=0.5, application/vnd.schemaregistry+json;q=0.9", "application/vnd.schemaregistry+json")]
    [InlineData("application/vnd.schemaregistry.v1+json;q=0, */*", "application/vnd.schemaregistry+json")]
    [InlineData("text/html, application/*;q=0.1", "application/vnd.schemaregistry.v1+json")]
    [InlineData("text/html", null)]
    public async Task The_answer_comes_in_the_type_asked_for_or_406(string? accept, string? given)
    {
        await using var server = await RegistryServer.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Get, "/subjects", accept: accept);
        if (given is null) answer.IsError(406, 406, "HTTP 406 Not Acceptable");
        else Assert.Equal(given, answer.ContentType);
    }

    [Fact]
    public async Task Answers_are_not_cached_and_carry_a_request_id()
    {
        await using var server = await RegistryServer.StartAsync();
        var answer = await server.GetAsync("/subjects");
        Assert.Equal("must-revalidate, no-cache, no-store", string.Join(", ", answer.Headers["Cache-Control"].Split(", ").Order()));
        Assert.NotEmpty(answer.Headers["X-Request-ID"]);
        server.Http.DefaultRequestHeaders.Add("X-Request-ID", "mine");
        Assert.Equal("mine", (await server.GetAsync("/nonsense")).Headers["X-Request-ID"]);
    }

    [Fact]
    public async Task The_small_routes_answer()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.GetAsync("/")).Is("{}");
        Assert.Contains("\"AVRO\"", (await server.GetAsync("/schemas/types")).Text, StringComparison.Ordinal);
        (await server.GetAsync("/contexts")).Is("""["."]""");
        (await server.GetAsync("/status/live")).Is("{}");
        (await server.GetAsync("/status/ready")).Is("{}");
        (await server.GetAsync("/_health")).Is("""{"schema_registry_ready":true}""");
        (await server.GetAsync("/v1/metadata/id")).Is("""{"scope":{"path":[],"clusters":{"kafka-cluster":"kc","schema-registry-cluster":"schema-registry"}}}""");
        (await server.GetAsync("/v1/metadata/deployment")).Is("""{"attributes":[]}""");
        (await server.GetAsync("/master_available")).Is("""{"master_available":true}""");
        Assert.NotEmpty((await server.GetAsync("/v1/metadata/version")).Json.GetProperty("version").GetString()!);
    }

    [Theory]
    [InlineData("/associations/resources/-/topic?resourceType=topic&associationType=value")]
    [InlineData("/associations/resources/abc/topic?offset=0&limit=-1")]
    [InlineData("/associations/resources/id")]
    [InlineData("/associations/subjects/topic-value")]
    public async Task Associations_are_an_empty_list(string path)
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.GetAsync(path)).Is("[]");
    }

    [Fact]
    public async Task Hostile_bytes_do_not_disturb_the_others()
    {
        await using var server = await RegistryServer.StartAsync();
        foreach (var bytes in new[] { "\0\u0001\u0002", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET //// HTTP/1.1\r\nHost: x\r\n\r\n", "POST /subjects/%00/versions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n\u00ff\u00fe{}" })
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", server.Http.BaseAddress!.Port);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            Assert.DoesNotContain(" 500 ", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(1, await server.RegisterAsync("s", "\"int\""));
    }

    [Fact]
    public async Task A_client_that_takes_no_answer_is_refused_before_anything_is_done()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.SendAsync(HttpMethod.Post, "/subjects/s/versions", RegistryServer.Body("\"string\""), accept: "text/html"))
            .IsError(406, 406, "HTTP 406 Not Acceptable");
        (await server.GetAsync("/subjects")).Is("[]");
        await server.RegisterAsync("s", "\"string\"");
        (await server.SendAsync(HttpMethod.Delete, "/subjects/s", accept: "text/html")).IsError(406, 406, "HTTP 406 Not Acceptable");
        (await server.GetAsync("/subjects")).Is("""["s"]""");
    }

    [Theory]
    [InlineData("a\u0001b")]
    [InlineData("a\u007fb")]
    public async Task A_request_id_that_is_no_header_is_replaced(string id)
    {
        await using var server = await RegistryServer.StartAsync();
        server.Http.DefaultRequestHeaders.TryAddWithoutValidation("X-Request-ID", id);
        var answer = await server.GetAsync("/subjects");
        answer.Is("[]");
        Assert.All(answer.Headers["X-Request-ID"], static letter => Assert.InRange(letter, '!', '~'));
    }
}
