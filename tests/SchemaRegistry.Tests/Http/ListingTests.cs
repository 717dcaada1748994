namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>The list of all schemas and what it is narrowed down by (schema-registry 1.2, <c>GET /schemas</c>).</summary>
public class ListingTests
{
    private static async Task<RegistryServer> StartAsync()
    {
        var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("orders", "\"int\"");
        await server.RegisterAsync("orders", "\"long\"", ""","ruleSet":{"domainRules":[{"name":"r","type":"CEL"}],"encodingRules":[{"name":"e","type":"ENCRYPT"}]}""");
        await server.RegisterAsync("lines", "\"string\"");
        await server.PutAsync("/config/bestellungen", """{"alias":"orders"}""");
        await server.PutAsync("/config/commandes", """{"alias":"orders"}""");
        await server.PutAsync("/config/zeilen", """{"alias":"lines"}""");
        return server;
    }

    private static async Task<IEnumerable<string>> ListAsync(RegistryServer server, string query) =>
        (await server.GetAsync("/schemas" + query)).Json.EnumerateArray()
            .Select(schema => $"{schema.GetProperty("subject").GetString()} {schema.GetProperty("version").GetInt32()}");

    [Fact]
    public async Task Aliases_are_told_and_found_by_when_asked_for()
    {
        await using var server = await StartAsync();
        var all = (await server.GetAsync("/schemas")).Json;
        Assert.All(all.EnumerateArray(), schema => Assert.False(schema.TryGetProperty("aliases", out _)));
        all = (await server.GetAsync("/schemas?aliases=true")).Json;
        Assert.Equal(
            ["lines: zeilen", "orders: bestellungen, commandes", "orders: bestellungen, commandes"],
            all.EnumerateArray().Select(schema => $"{schema.GetProperty("subject").GetString()}: {string.Join(", ", schema.GetProperty("aliases").EnumerateArray())}"));
        Assert.Equal("aliases", all[0].EnumerateObject().Last().Name);
        Assert.Equal(["orders 2"], await ListAsync(server, "?aliases=true&subjectPrefix=best&latestOnly=true"));
        Assert.Empty(await ListAsync(server, "?subjectPrefix=best"));
    }

    [Fact]
    public async Task Rules_of_a_type_are_looked_for_in_all_lists_of_a_rule_set()
    {
        await using var server = await StartAsync();
        Assert.Equal(["orders 2"], await ListAsync(server, "?ruleType=CEL"));
        Assert.Equal(["orders 2"], await ListAsync(server, "?rule_type=ENCRYPT"));
        Assert.Empty(await ListAsync(server, "?ruleType=JSONATA"));
        Assert.Equal(3, (await ListAsync(server, "?ruleType=")).Count());
    }

    [Fact]
    public async Task Subjects_of_topics_are_listed_with_their_associations()
    {
        await using var server = await StartAsync();
        await server.PostAsync("/associations", """{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"orders"}]}""");
        await server.PostAsync("/associations", """{"resourceName":"own","resourceNamespace":"c","resourceId":"o","associations":[{"associationType":"key","schema":{"schema":"\"int\""}}]}""");
        Assert.Equal(["orders 1", "orders 2"], await ListAsync(server, "?resourceType=topic"));
        Assert.Equal(["orders 2"], await ListAsync(server, "?lifecycle=WEAK&latestOnly=true"));
        Assert.Equal([":.c:own-key 1"], await ListAsync(server, "?associationType=key&associationType=value&lifecycle=STRONG&subjectPrefix=:*:"));
        Assert.Equal([":.c:own-key 1", "orders 2"], await ListAsync(server, "?lifecycle=STRONG&lifecycle=WEAK&latestOnly=true&subjectPrefix=:*:"));
        Assert.Empty(await ListAsync(server, "?associationType=key"));
        var listed = (await server.GetAsync("/schemas?associationType=value&latestOnly=true")).Json[0];
        Assert.Equal("associations", listed.EnumerateObject().Last().Name);
        Assert.Equal((await server.GetAsync("/associations/subjects/orders")).Text, listed.GetProperty("associations").GetRawText());
        Assert.False((await server.GetAsync("/schemas")).Json[0].TryGetProperty("associations", out _));
        (await server.GetAsync("/schemas?lifecycle=FIRM")).IsError(422, 42212, "Invalid association: 'lifecycle'");
    }
}
