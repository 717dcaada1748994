using System.Text;

namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Bodies that are no text, or whose members are not what they must be: refused in the registry's JSON, and nothing is stored.</summary>
public class MalformedBodyTests
{
    private const string Inner = """{"type":"record","name":"n.Inner","fields":[{"name":"x","type":"int"}]}""";

    private static readonly (HttpMethod Method, string Path)[] Doors =
    [
        (HttpMethod.Post, "/subjects/s/versions"), (HttpMethod.Post, "/subjects/s"), (HttpMethod.Post, "/compatibility/subjects/s/versions/latest"),
        (HttpMethod.Post, "/compatibility/subjects/s/versions"), (HttpMethod.Put, "/config"), (HttpMethod.Put, "/config/s"), (HttpMethod.Put, "/mode"),
        (HttpMethod.Put, "/mode/s"),
    ];

    private static readonly (HttpMethod Method, string Path)[] AllDoors =
    [
        .. Doors, (HttpMethod.Post, "/subjects/s/versions/latest/tags"), (HttpMethod.Post, "/associations"), (HttpMethod.Put, "/associations/resources/i"),
        (HttpMethod.Post, "/associations:batchGet"), (HttpMethod.Post, "/associations:batchMutate"),
    ];

    [Theory]
    [InlineData("""{"schema":"\"in~t\""}""")]
    [InlineData("""{"schema":"\"int\"","~":1}""")]
    [InlineData("""{"schema":"\"int\"","schemaType":"AVRO~"}""")]
    [InlineData("""{"schema":"\"int\"","references":[{"name":"~","subject":"s","version":1}]}""")]
    [InlineData("""{"schema":"\"int\"","metadata":{"properties":{"~":"a"}}}""")]
    [InlineData("""{"schema":"\"int\"","metadata":{"tags":{"a":["~"]}}}""")]
    [InlineData("""{"schema":"\"int\"","ruleSet":{"domainRules":[{"name":"~"}]}}""")]
    [InlineData("""{"compatibility":"~"}""")]
    [InlineData("""{"alias":"~"}""")]
    [InlineData("""{"mode":"~"}""")]
    public async Task Bytes_that_are_not_utf8_are_400_at_every_door(string body)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"string\"");
        var written = server.Topic.Records.Count;
        foreach (var bad in new byte[][] { [0xff], [0xc3], [0xed, 0xa0, 0x80] })
        {
            byte[] bytes = [.. Encoding.UTF8.GetBytes(body).SelectMany(one => one == '~' ? bad : [one])];
            foreach (var (method, path) in AllDoors)
                (await server.SendBytesAsync(method, path, bytes)).IsError(400, 400, "The request body is not UTF-8");
        }
        Assert.Equal(written, server.Topic.Records.Count);
    }

    [Theory]
    [InlineData("""{"schema":"\ud800"}""")]
    [InlineData("""{"schema":"\"int\"","\udfff":1}""")]
    [InlineData("""{"schema":"\"int\"","metadata":{"properties":{"\ud800":"a"}}}""")]
    [InlineData("""{"schema":"\"int\"","ruleSet":{"domainRules":[{"name":"\ud800x"}]}}""")]
    [InlineData("""{"alias":"\ud800\ud800"}""")]
    [InlineData("""{"mode":"\udc00"}""")]
    public async Task Half_a_surrogate_pair_is_400_at_every_door(string body)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"string\"");
        var written = server.Topic.Records.Count;
        foreach (var (method, path) in AllDoors)
            (await server.SendAsync(method, path, body)).IsError(400, 400, "The request body has a string that is not text");
        Assert.Equal(written, server.Topic.Records.Count);
    }

    [Theory]
    [InlineData("""[{"name":null,"subject":"inner","version":1}]""", "references[0].name of the request body must be a string")]
    [InlineData("""[{"subject":"inner","version":1}]""", "references[0].name of the request body must be a string")]
    [InlineData("""[{"name":5,"subject":"inner","version":1}]""", "references[0].name of the request body must be a string")]
    [InlineData("""[{"name":"n","subject":null,"version":1}]""", "references[0].subject of the request body must be a string")]
    [InlineData("""[{"name":"n","version":1}]""", "references[0].subject of the request body must be a string")]
    [InlineData("""[{"name":"n","subject":7,"version":1}]""", "references[0].subject of the request body must be a string")]
    [InlineData("""[{"name":"n","subject":"inner","version":"1"}]""", "references[0].version of the request body must be a whole number of 32 bits")]
    [InlineData("""[{"name":"n","subject":"inner","version":99999999999}]""", "references[0].version of the request body must be a whole number of 32 bits")]
    [InlineData("""[{"name":"n","subject":"inner","version":1.5}]""", "references[0].version of the request body must be a whole number of 32 bits")]
    [InlineData("""[{"name":"n","subject":"inner","version":null}]""", "references[0].version of the request body must be a whole number of 32 bits")]
    [InlineData("""[{"name":"n","subject":"inner"}]""", "references[0].version of the request body must be a whole number of 32 bits")]
    [InlineData("""[{"name":"n","subject":"inner","version":1},{"name":"m"}]""", "references[1].subject of the request body must be a string")]
    [InlineData("""[{"name":"n","subject":"inner","version":1},"m"]""", "references[1] of the request body must be an object")]
    [InlineData("[null]", "references[0] of the request body must be an object")]
    [InlineData("[[]]", "references[0] of the request body must be an object")]
    [InlineData("{}", "references of the request body must be an array")]
    [InlineData("\"inner\"", "references of the request body must be an array")]
    [InlineData("1", "references of the request body must be an array")]
    public async Task A_reference_that_is_none_is_400_and_says_which(string references, string message)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("inner", Inner);
        await server.RegisterAsync("s", "\"string\"");
        var written = server.Topic.Records.Count;
        var body = RegistryServer.Body("\"string\"", ",\"references\":" + references);
        foreach (var (method, path) in Doors.Where(static door => door.Method == HttpMethod.Post))
            (await server.SendAsync(method, path, body)).IsError(400, 400, "The member " + message);
        (await server.PostAsync("/subjects/new/versions", body)).IsError(400, 400, "The member " + message);
        Assert.Equal(written, server.Topic.Records.Count);
        (await server.GetAsync("/subjects")).Is("""["inner","s"]""");
    }

    [Theory]
    [InlineData("\"schema\":5", "schema of the request body must be a string")]
    [InlineData("\"schemaType\":[]", "schemaType of the request body must be a string")]
    [InlineData("\"metadata\":[]", "metadata of the request body must be an object")]
    [InlineData("\"ruleSet\":true", "ruleSet of the request body must be an object")]
    [InlineData("\"id\":\"1\"", "id of the request body must be a whole number of 32 bits")]
    [InlineData("\"version\":2147483648", "version of the request body must be a whole number of 32 bits")]
    public async Task Other_members_say_what_they_must_be(string member, string message)
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PostAsync("/subjects/s/versions", $$"""{"schema":"\"int\"",{{member}}}""")).IsError(400, 400, "The member " + message);
        Assert.Empty(server.Topic.Records);
    }

    [Fact]
    public async Task Null_references_are_none()
    {
        await using var server = await RegistryServer.StartAsync();
        Assert.Equal(1, await server.RegisterAsync("s", "\"int\"", ",\"references\":null"));
    }

    [Fact]
    public async Task A_body_as_deep_as_schemas_may_be_is_read_and_a_deeper_one_told_the_limit()
    {
        await using var server = await RegistryServer.StartAsync();
        Assert.Equal(1, await server.RegisterAsync("s", "\"int\"", ",\"unknown\":" + Nested(499)));
        var written = server.Topic.Records.Count;
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"long\"", ",\"unknown\":" + Nested(500))))
            .IsError(400, 400, "The request body is nested more than 500 levels deep, which is the limit");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"long\"", ",\"unknown\":" + new string('[', 300_000))))
            .IsError(400, 400, "The request body is nested more than 500 levels deep, which is the limit");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"long\"", ",\"unknown\":" + new string('[', 400) + "x")))
            .IsError(400, 400, "The request body is not JSON: 'x' cannot stand here (line 1, column ");
        Assert.Equal(written, server.Topic.Records.Count);
    }

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);

    [Theory]
    [InlineData("""5""", "")]
    [InlineData("""{"enableAt":5}""", "enableAt must be a string")]
    [InlineData("""{"domainRules":{}}""", "domainRules must be an array")]
    [InlineData("""{"migrationRules":[5]}""", "in migrationRules each rule must be an object")]
    [InlineData("""{"encodingRules":[{"name":5,"type":"CEL"}]}""", "in encodingRules name must be a string")]
    [InlineData("""{"domainRules":[{"name":"r","type":"CEL","mode":["READ"]}]}""", "in domainRules mode must be a string")]
    [InlineData("""{"domainRules":[{"name":"r","type":"CEL","expr":{}}]}""", "in domainRules expr must be a string")]
    [InlineData("""{"domainRules":[{"name":"r","type":"CEL","tags":"PII"}]}""", "in domainRules tags must be an array of strings")]
    [InlineData("""{"domainRules":[{"name":"r","type":"CEL","tags":[1]}]}""", "in domainRules tags must be an array of strings")]
    [InlineData("""{"domainRules":[{"name":"r","type":"CEL","params":[]}]}""", "in domainRules params must be an object of strings")]
    [InlineData("""{"domainRules":[{"name":"r","type":"CEL","params":{"a":{}}}]}""", "in domainRules params must be an object of strings")]
    [InlineData("""{"domainRules":[{"name":"r","type":"CEL","disabled":"perhaps"}]}""", "in domainRules disabled must be true or false")]
    public async Task Members_of_a_rule_set_that_are_of_another_type_are_42210_and_not_left_out(string rules, string problem)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"string\"");
        var written = server.Topic.Records.Count;
        if (problem.Length > 0)
        {
            foreach (var path in new[] { "/subjects/s/versions", "/subjects/s", "/compatibility/subjects/s/versions/latest" })
                (await server.PostAsync(path, RegistryServer.Body("\"string\"", $",\"ruleSet\":{rules}"))).IsError(422, 42210, $"Invalid rule set: {problem}");
            foreach (var name in new[] { "ruleSet", "rulesToMerge" })
                (await server.PostAsync("/subjects/s/versions/1/tags", $"{{\"{name}\":{rules}}}")).IsError(422, 42210, $"Invalid rule set: {name}: {problem}");
            (await server.PostAsync("/associations", $$$"""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"schema":{"schema":"\"int\"","ruleSet":{{{rules}}}}}]}"""))
                .IsError(422, 42210, $"In the member schema of an association: Invalid rule set: {problem}");
        }
        foreach (var name in new[] { "defaultRuleSet", "overrideRuleSet" })
            (await server.PutAsync("/config/s", $"{{\"{name}\":{rules}}}")).IsError(422, 42210, $"Invalid rule set: {name}: {problem}");
        Assert.Equal(written, server.Topic.Records.Count);
    }

    [Theory]
    [InlineData("""{"normalize":5}""", "The member normalize must be true or false")]
    [InlineData("""{"validateFields":"perhaps"}""", "The member validateFields must be true or false")]
    [InlineData("""{"alias":[]}""", "The member alias must be a string")]
    [InlineData("""{"compatibilityGroup":5}""", "The member compatibilityGroup must be a string")]
    [InlineData("""{"defaultMetadata":5}""", "The member defaultMetadata must be an object")]
    [InlineData("""{"overrideMetadata":{"properties":[]}}""", "The member overrideMetadata.properties of the request body must be an object of strings")]
    public async Task A_setting_of_another_type_is_400_and_clears_nothing(string body, string message)
    {
        await using var server = await RegistryServer.StartAsync();
        const string before = """{"alias":"a","normalize":true,"validateFields":false,"compatibilityGroup":"g"}""";
        await server.PutAsync("/config/s", before);
        (await server.PutAsync("/config/s", body)).IsError(400, 400, message);
        (await server.GetAsync("/config/s")).Is(before);
        (await server.PutAsync("/config/s", """{"normalize":"True"}""")).Is("""{"normalize":true}""");
    }
}
