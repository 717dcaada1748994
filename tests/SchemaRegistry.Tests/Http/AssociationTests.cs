using System.Text.Json;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Tests.State;

namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Subjects that belong to topics (schema-registry 2.9): of other clusters as they are named, of this one (kc) as they are.</summary>
public class AssociationTests
{
    private const string Weak = """{"resourceName":"orders","resourceNamespace":"lkc-1","resourceId":"id-1","associations":[{"subject":"s","associationType":"value","lifecycle":"WEAK"}]}""";
    private const string Strong = """{"resourceName":"orders","resourceNamespace":"lkc-1","resourceId":"id-1","associations":[{"schema":{"schema":"\"int\""}}]}""";
    private const string Owned = ":.lkc-1:orders-value";

    private static string Request(string associations, string id = "id-1", string name = "orders") =>
        $$"""{"resourceName":"{{name}}","resourceNamespace":"lkc-1","resourceId":"{{id}}","associations":[{{associations}}]}""";

    private static async Task<RegistryServer> StartAsync()
    {
        var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"string\"");
        return server;
    }

    private static void Succeeded(Answer answer, int status = 200) => Assert.True(answer.Status == status, answer.Text);

    [Fact]
    public async Task A_weak_one_ties_a_subject_that_is_there_and_is_found_by_name_by_id_and_by_subject()
    {
        await using var server = await StartAsync();
        (await server.PostAsync("/associations", Weak)).Is(
            """{"resourceName":"orders","resourceNamespace":"lkc-1","resourceId":"id-1","resourceType":"topic","associations":[{"subject":"s","associationType":"value","lifecycle":"WEAK","frozen":false}]}""");
        var listed = (await server.GetAsync("/associations/resources/lkc-1/orders")).Text;
        var association = JsonDocument.Parse(listed).RootElement[0];
        Assert.Equal(
            ["subject", "guid", "resourceName", "resourceNamespace", "resourceId", "resourceType", "associationType", "lifecycle", "frozen", "createTs", "updateTs"],
            association.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("s", "id-1"), (association.GetProperty("subject").GetString(), association.GetProperty("resourceId").GetString()));
        foreach (var path in new[]
        {
            "/associations/resources/-/orders?resourceType=topic&associationType=value&offset=0&limit=-1", "/associations/resources/lkc-1/-",
            "/associations/resources/id-1", "/associations/subjects/s", "/associations/resources/id-1?lifecycle=WEAK&associationType=key&associationType=value",
        })
            (await server.GetAsync(path)).Is(listed);
        foreach (var path in new[]
        {
            "/associations/resources/-/orders?associationType=key", "/associations/resources/lkc-2/orders", "/associations/resources/-/other", "/associations/resources/id-2",
            "/associations/subjects/t", "/associations/resources/id-1?lifecycle=STRONG", "/associations/resources/id-1?resourceType=other", "/associations/resources/id-1?offset=1",
        })
            (await server.GetAsync(path)).Is("[]");
        (await server.GetAsync("/associations/resources/id-1?lifecycle=FIRM")).IsError(422, 42212, "Invalid association: 'lifecycle'");
    }

    [Fact]
    public async Task A_strong_one_begins_the_subject_it_owns_and_takes_it_along()
    {
        await using var server = await StartAsync();
        var made = (await server.PostAsync("/associations", Strong)).Json.GetProperty("associations")[0];
        Assert.Equal((Owned, "STRONG", true), (made.GetProperty("subject").GetString(), made.GetProperty("lifecycle").GetString(), made.GetProperty("frozen").GetBoolean()));
        Assert.Equal(1, made.GetProperty("schema").GetProperty("version").GetInt32());
        (await server.GetAsync($"/subjects/{Owned}/versions")).Is("[1]");
        (await server.GetAsync("/associations/resources/-/orders?associationType=value")).Json[0].GetProperty("subject").GetString();

        (await server.DeleteAsync("/associations/resources/id-1")).IsError(409, 40908, "The association of the type 'value'");
        (await server.DeleteAsync("/associations/resources/id-1?cascadeLifecycle=true&dryRun=true")).IsNothing();
        (await server.GetAsync($"/subjects/{Owned}/versions")).Is("[1]");
        (await server.DeleteAsync("/associations/resources/id-1?resourceType=topic&associationType=value&cascadeLifecycle=true")).IsNothing();
        (await server.GetAsync("/associations/resources/id-1")).Is("[]");
        (await server.GetAsync($"/subjects/{Owned}/versions?deleted=true")).IsError(404, 40401, "Subject");
        (await server.DeleteAsync("/associations/resources/id-1?cascadeLifecycle=true")).IsError(404, 40410, "Association for 'id-1' not found.");
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(Replay.Compact(server.Topic.Records))));
    }

    [Fact]
    public async Task Key_and_value_of_one_topic_are_made_at_once_with_ids_of_their_own()
    {
        await using var server = await StartAsync();
        Succeeded(await server.PostAsync("/associations", Request(
            """{"associationType":"key","schema":{"schema":"\"int\""}},{"associationType":"value","schema":{"schema":"\"long\""}}""")));
        (await server.GetAsync("/subjects/:.lkc-1:orders-key/versions/1/schema")).Is("\"int\"");
        (await server.GetAsync("/subjects/:.lkc-1:orders-value/versions/1/schema")).Is("\"long\"");
        Succeeded(await server.PostAsync("/associations", Request(
            """{"associationType":"key","schema":{"schema":"\"bytes\""}},{"associationType":"value","schema":{"schema":"\"bytes\""}}""", "id-2", "two")));
        Assert.Equal(
            [1, 2, 3, 3],
            server.Service.Image.Subjects.Where(subject => subject.Key.StartsWith(":.lkc-1:", StringComparison.Ordinal))
                .SelectMany(subject => subject.Value).Select(version => version.Id).Order());
        Assert.Equal(
            ["key", "value"],
            (await server.GetAsync("/associations/resources/id-2")).Json.EnumerateArray().Select(one => one.GetProperty("associationType").GetString()));
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(server.Topic.Records)));
    }

    [Fact]
    public async Task A_dry_run_needs_no_id_and_writes_nothing()
    {
        await using var server = await StartAsync();
        var records = server.Topic.Records.Count;
        (await server.PostAsync("/associations?dryRun=true", Strong.Replace(",\"resourceId\":\"id-1\"", "", StringComparison.Ordinal)))
            .Is("""{"resourceName":"orders","resourceNamespace":"lkc-1","resourceType":"topic"}""");
        (await server.PostAsync("/associations", Strong.Replace(",\"resourceId\":\"id-1\"", "", StringComparison.Ordinal))).IsError(422, 42212, "Invalid association: 'resourceId'");
        Assert.Equal(records, server.Topic.Records.Count);
        Succeeded(await server.PostAsync("/associations", Strong));
        // Who tries, creates the topic, and tries again because the answer was lost, is not refused.
        Succeeded(await server.PostAsync("/associations?dryRun=true", Strong.Replace(",\"resourceId\":\"id-1\"", "", StringComparison.Ordinal)));
        records = server.Topic.Records.Count;
        Succeeded(await server.PostAsync("/associations", Strong));
        Succeeded(await server.PutAsync("/associations/resources/id-1", Strong));
        Assert.Equal(records, server.Topic.Records.Count);
    }

    [Theory]
    [InlineData("""{"resourceNamespace":"c","resourceId":"i","associations":[{"subject":"s"}]}""", "resourceName")]
    [InlineData("""{"resourceName":"-","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"s"}]}""", "resourceName")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"a:b","resourceId":"i","associations":[{"subject":"s"}]}""", "resourceNamespace")]
    [InlineData("""{"resourceName":"t","resourceNamespace":7,"resourceId":"i","associations":[{"subject":"s"}]}""", "resourceNamespace")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","associations":[{"subject":"s"}]}""", "resourceId")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"\u0007","associations":[{"subject":"s"}]}""", "resourceId")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","resourceType":"table","associations":[{"subject":"s"}]}""", "resourceType")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i"}""", "associations")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[]}""", "associations")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":["s"]}""", "associations")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"s"},{"subject":"s","associationType":"value"}]}""", "associationType")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"s","associationType":"header"}]}""", "associationType")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"s","lifecycle":"weak"}]}""", "lifecycle")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"s","lifecycle":"WEAK","schema":{"schema":"\"int\""}}]}""", "lifecycle")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"s","lifecycle":"WEAK","frozen":true}]}""", "frozen")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"s","lifecycle":"STRONG","frozen":false}]}""", "frozen")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"frozen":false,"schema":{"schema":"\"int\""}}]}""", "frozen")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"s","frozen":"no"}]}""", "frozen")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"lifecycle":"STRONG"}]}""", "schema")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"schema":"int"}]}""", "schema")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"lifecycle":"WEAK"}]}""", "subject")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"__EMPTY"}]}""", "subject")]
    [InlineData("""{"resourceName":"t","resourceNamespace":"c","resourceId":"i","associations":[{"subject":"own","schema":{"schema":"\"int\""}}]}""", "subject")]
    public async Task What_does_not_make_sense_is_42212_and_names_the_member(string body, string property)
    {
        await using var server = await StartAsync();
        (await server.PostAsync("/associations", body)).IsError(422, 42212, $"Invalid association: '{property}' ");
        Assert.Empty(server.Service.Image.Associations.All);
    }

    [Fact]
    public async Task A_schema_that_is_none_gets_the_code_of_a_registration()
    {
        await using var server = await StartAsync();
        (await server.PostAsync("/associations", Request("""{"schema":{"schema":"\"strng\""}}"""))).IsError(422, 42201, "Invalid schema");
        (await server.PostAsync("/associations", Request("""{"schema":{"schema":5}}"""))).IsError(400, 400, "In the member schema of an association");
        Assert.Empty(server.Service.Image.Associations.All);
    }

    [Fact]
    public async Task What_stands_in_the_way_has_its_code()
    {
        var server = await RegistryServer.StartAsync(options: new RegistryOptions { MaxAssociations = 4 });
        await using var _ = server;
        await server.RegisterAsync("s", "\"string\"");
        await server.RegisterAsync("u", "\"string\"");
        (await server.PostAsync("/associations", Request("""{"subject":"none"}"""))).IsError(409, 40907, "The subject 'none' needs a version");
        Succeeded(await server.PostAsync("/associations", Weak));
        (await server.PostAsync("/associations", Request("""{"subject":"u"}"""))).IsError(409, 40903, "An association of the type 'value' for the resource 'orders'");
        (await server.PostAsync("/associations", Request("""{"subject":"u"}""", "id-9"))).IsError(409, 40903, "An association of the type 'value' for the resource 'orders'");
        (await server.PostAsync("/associations", Request("""{"associationType":"key","subject":"u"}""", "id-1", "other"))).IsError(422, 42212, "Invalid association: 'resourceId'");
        (await server.PostAsync("/associations", Request("""{"associationType":"key","schema":{"schema":"\"int\""}}"""))).IsError(422, 42212, "Invalid association: 'lifecycle'");

        // Shared by several topics while it is weak, by nobody else once it is strong.
        Succeeded(await server.PostAsync("/associations", Request("""{"subject":"s"}""", "id-2", "more")));
        Succeeded(await server.PostAsync("/associations", Request("""{"schema":{"schema":"\"int\""}}""", "id-3", "own")));
        (await server.PostAsync("/associations", Request("""{"subject":":.lkc-1:own-value"}""", "id-4", "four"))).IsError(409, 40905, "A STRONG association for the subject ':.lkc-1:own-value'");
        await server.RegisterAsync(":.lkc-1:five-value", "\"int\"");
        (await server.PostAsync("/associations", Request("""{"schema":{"schema":"\"int\""}}""", "id-5", "five"))).IsError(422, 42212, "Invalid association: 'subject' ':.lkc-1:five-value' has schemas already");
        Succeeded(await server.PostAsync("/associations", Request("""{"subject":":.lkc-1:five-value"}""", "id-6", "six")));
        (await server.PostAsync("/associations", Request("""{"schema":{"schema":"\"int\""}}""", "id-5", "five"))).IsError(409, 40902, "There are 4 associations");
        Succeeded(await server.DeleteAsync("/associations/resources/id-2"), 204);
        (await server.PostAsync("/associations", Request("""{"schema":{"schema":"\"int\""}}""", "id-5", "five"))).IsError(409, 40904, "An association for the subject ':.lkc-1:five-value' exists");
        await server.PutAsync("/mode/u", """{"mode":"READONLY"}""");
        (await server.PostAsync("/associations", Request("""{"subject":"u"}""", "id-7", "seven"))).IsError(422, 42205, "Subject u in context . is in read-only mode");
    }

    [Fact]
    public async Task An_association_never_changes()
    {
        await using var server = await StartAsync();
        await server.RegisterAsync("t", "\"string\"");
        Succeeded(await server.PutAsync("/associations/resources/id-1", Request("""{"subject":"s"}""")));
        Succeeded(await server.PutAsync("/associations/resources/id-1", """{"resourceName":"orders","resourceNamespace":"lkc-1","associations":[{}]}"""));
        (await server.PutAsync("/associations/resources/id-2", Request("""{"subject":"s"}"""))).IsError(422, 42212, "Invalid association: 'resourceId' of the body");
        (await server.PutAsync("/associations/resources/id-1", Request("""{"subject":"t"}"""))).IsError(422, 42212, "Invalid association: 'subject' of an association cannot be changed");
        (await server.PutAsync("/associations/resources/id-1", Request("""{"lifecycle":"STRONG"}"""))).IsError(422, 42212, "Invalid association: 'lifecycle' cannot become STRONG");
        (await server.PutAsync("/associations/resources/id-1", Request("""{"lifecycle":"STRONG","frozen":true}"""))).IsError(422, 42212, "Invalid association: 'frozen' of an association cannot be changed");
        (await server.PutAsync("/associations/resources/id-1", Request("""{"schema":{"schema":"\"int\""}}"""))).IsError(422, 42212, "Invalid association: 'schema'");
        (await server.PutAsync("/associations/resources/id-9", Request("""{"schema":{"schema":"\"int\""}}""", "id-9", "own"))).Json.GetProperty("associations");
        foreach (var change in new[] { """{"lifecycle":"WEAK"}""", """{"frozen":false}""", """{"subject":"t"}""", """{"schema":{"schema":"\"long\""}}""" })
            (await server.PutAsync("/associations/resources/id-9", Request(change, "id-9", "own"))).IsError(409, 40908, "The association of the type 'value'");
    }

    [Fact]
    public async Task What_a_topic_relies_on_stays()
    {
        await using var server = await StartAsync();
        await server.PostAsync("/subjects/s/versions?force=true", RegistryServer.Body("\"int\""));
        Succeeded(await server.PostAsync("/associations", Weak));
        (await server.DeleteAsync("/subjects/s")).IsError(409, 40904, "An association for the subject 's' exists");
        (await server.DeleteAsync("/subjects/s/versions/1")).Is("1");
        (await server.DeleteAsync("/subjects/s/versions/latest")).IsError(409, 40907, "The subject 's' needs a version");
        Succeeded(await server.DeleteAsync("/associations/resources/id-1?cascadeLifecycle=true"), 204);
        (await server.GetAsync("/subjects/s/versions")).Is("[2]");
        (await server.DeleteAsync("/subjects/s")).Is("[2]");
    }

    [Fact]
    public async Task Nothing_refers_to_what_a_topic_owns()
    {
        await using var server = await StartAsync();
        Succeeded(await server.PostAsync("/associations", Request("""{"schema":{"schema":"{\"type\":\"record\",\"name\":\"A\",\"fields\":[]}"}}""")));
        (await server.PostAsync("/subjects/r/versions", RegistryServer.Body(
            "\"A\"", ""","references":[{"name":"A","subject":":.lkc-1:orders-value","version":1}]"""))).IsError(422, 42205, "The subject ':.lkc-1:orders-value' belongs to a topic");
    }

    [Fact]
    public async Task Batches_tell_of_each_request_by_itself()
    {
        await using var server = await StartAsync();
        var answer = await server.PostAsync("/associations:batchMutate", """
            {"requests":[
              {"resourceName":"a","resourceNamespace":"c","resourceId":"1","associations":[{"opType":"CREATE","subject":"s"}]},
              {"resourceName":"b","resourceNamespace":"c","resourceId":"2","associations":[{"opType":"UPSERT","subject":"none"}]},
              {"resourceName":"d","resourceNamespace":"c","resourceId":"3","associations":[{"opType":"CREATE","associationType":"key","schema":{"schema":"\"int\""}},{"opType":"DELETE"}]},
              {"resourceName":"e","resourceNamespace":"c","resourceId":"4","associations":[{"subject":"s"}]}
            ]}
            """);
        Assert.Equal(207, answer.Status);
        Assert.Equal(
            [null, 40907, 40410, 42212],
            answer.Json.GetProperty("results").EnumerateArray().Select(result => result.TryGetProperty("error", out var error) ? error.GetProperty("error_code").GetInt32() : (int?)null));
        Assert.Equal("a", Assert.Single(server.Service.Image.Associations.All).Key.ResourceName);

        // In one request the old one goes and the new one comes, or neither.
        await server.RegisterAsync("t", "\"string\"");
        answer = await server.PostAsync("/associations:batchMutate", """
            {"requests":[{"resourceName":"a","resourceNamespace":"c","resourceId":"1","associations":[{"opType":"DELETE"},{"opType":"CREATE","associationType":"key","schema":{"schema":"\"int\""}}]}]}
            """);
        Assert.Equal(":.c:a-key", answer.Json.GetProperty("results")[0].GetProperty("result").GetProperty("associations")[0].GetProperty("subject").GetString());
        Assert.Equal(":.c:a-key", Assert.Single(server.Service.Image.Associations.All).Key.Subject);

        var found = await server.PostAsync("/associations:batchGet?includeSchemas=true", """
            {"requests":[{"resourceId":"1"},{"resourceName":"a","resourceNamespace":"c","associationTypes":["value"]},{"resourceName":"a","lifecycle":"STRONG"},{"resourceId":"9"},{}]}
            """);
        Assert.Equal(207, found.Status);
        var results = found.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal("\"int\"", results[0].GetProperty("result").GetProperty("associations")[0].GetProperty("schema").GetProperty("schema").GetString());
        Assert.Equal("""{"result":{"resourceName":"a","resourceNamespace":"c","resourceType":"topic"}}""", results[1].GetRawText());
        Assert.Equal("1", results[2].GetProperty("result").GetProperty("resourceId").GetString());
        Assert.Equal("""{"result":{"resourceId":"9","resourceType":"topic"}}""", results[3].GetRawText());
        Assert.Equal(42212, results[4].GetProperty("error").GetProperty("error_code").GetInt32());
        (await server.PostAsync("/associations:batchGet", """{"requests":[]}""")).IsError(422, 42212, "Invalid association: 'requests'");
        (await server.PostAsync("/associations:batchMutate", """{"requests":[5]}""")).IsError(422, 42212, "Invalid association: 'requests'");
    }

    [Fact]
    public async Task Subjects_without_a_context_are_in_the_one_asked_for()
    {
        await using var server = await StartAsync();
        await server.RegisterAsync(":.c:s", "\"int\"");
        var answer = await server.PostAsync("/associations?context=.c", Weak);
        Assert.Equal(":.c:s", answer.Json.GetProperty("associations")[0].GetProperty("subject").GetString());
        answer = await server.PostAsync("/contexts/c/associations", Request("""{"subject":"s","associationType":"key"}"""));
        Assert.Equal(":.c:s", answer.Json.GetProperty("associations")[0].GetProperty("subject").GetString());
        Assert.Equal(2, (await server.GetAsync("/contexts/c/associations/subjects/s")).Json.GetArrayLength());
        (await server.GetAsync("/associations/subjects/s")).Is("[]");
        (await server.PostAsync("/associations?context=a:b", Weak)).IsError(400, 400, "'a:b' is not the name of a context");
        // A cluster may be called what a route is called.
        (await server.GetAsync("/contexts/c/associations/resources/subjects/orders")).Is("[]");
    }

    [Fact]
    public async Task On_this_cluster_topics_must_exist_and_give_their_ids()
    {
        await using var server = await StartAsync();
        server.Topic.Topics["orders"] = "AAAA";
        const string request = """{"resourceName":"orders","associations":[{"subject":"s"}]}""";
        var made = await server.PostAsync("/associations", request);
        Assert.Equal(("kc", "AAAA"), (made.Json.GetProperty("resourceNamespace").GetString(), made.Json.GetProperty("resourceId").GetString()));
        (await server.PostAsync("/associations", """{"resourceName":"orders","resourceNamespace":"kc","resourceId":"BBBB","associations":[{"subject":"s"}]}"""))
            .IsError(422, 42212, "Invalid association: 'resourceId' is not the id of the topic 'orders', which is 'AAAA'");
        (await server.PostAsync("/associations", """{"resourceName":"none","resourceNamespace":"-","associations":[{"subject":"s"}]}"""))
            .IsError(422, 42212, "Invalid association: 'resourceName' 'none' is no topic of this cluster");
        Succeeded(await server.PostAsync("/associations?dryRun=true", """{"resourceName":"none","associations":[{"subject":"s"}]}"""));
        server.Topic.AppendFault = new Gateway.SchemaRegistry.Topic.SchemaTopicException("no broker");
        (await server.PostAsync("/associations", request)).IsError(500, 50001, "Error in the backend data store: no broker");
        Assert.Equal(50001, (await server.PostAsync("/associations:batchMutate", """{"requests":[{"resourceName":"orders","associations":[{"opType":"UPSERT","subject":"s"}]}]}"""))
            .Json.GetProperty("results")[0].GetProperty("error").GetProperty("error_code").GetInt32());
    }

    [Fact]
    public async Task Associations_go_when_their_topic_goes()
    {
        await using var server = await StartAsync();
        var sweep = server.Service.AssociatedTopics;
        server.Topic.Topics["orders"] = "AAAA";
        server.Topic.Topics["lines"] = "LLLL";
        Succeeded(await server.PostAsync("/associations", """{"resourceName":"orders","associations":[{"schema":{"schema":"\"int\""}}]}"""));
        Succeeded(await server.PostAsync("/associations", """{"resourceName":"lines","associations":[{"subject":"s"}]}"""));
        Succeeded(await server.PostAsync("/associations", Weak));
        server.Topic.Topics.Remove("orders");
        await sweep.SweepAsync(default);
        Assert.Equal(3, server.Service.Image.Associations.Count);
        await sweep.SweepAsync(default);
        Assert.Equal(["lines", "orders"], server.Service.Image.Associations.All.Select(association => association.Key.ResourceName));
        Assert.Equal("lkc-1", server.Service.Image.Associations.OfResource("-", "orders").Single().Key.ResourceNamespace);
        (await server.GetAsync("/subjects/:.kc:orders-value/versions")).IsError(404, 40401, "Subject");
        (await server.GetAsync("/subjects/:.kc:orders-value/versions?deleted=true")).Is("[1]");

        // One that was made again in the meantime is another topic: what belonged to the former one goes at once.
        server.Topic.Topics["lines"] = "MMMM";
        Succeeded(await server.PostAsync("/associations", """{"resourceName":"lines","associations":[{"schema":{"schema":"\"long\""}}]}"""));
        Assert.Equal("MMMM", server.Service.Image.Associations.OfResource("kc", "lines").Single().ResourceId);
        (await server.GetAsync("/subjects/s/versions")).Is("[1]");

        server.Topic.Topics.Clear();
        server.Topic.AppendFault = new Gateway.SchemaRegistry.Topic.SchemaTopicException("no broker");
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<Gateway.SchemaRegistry.Topic.SchemaTopicException>(() => sweep.SweepAsync(default));
        server.Topic.AppendFault = null;
        Assert.Equal(2, server.Service.Image.Associations.Count);
    }

    [Fact]
    public async Task Records_are_confluents_and_are_removed_under_every_key()
    {
        const string key = """{"keytype":"ASSOC","tenant":"default","resourceName":"orders","resourceNamespace":"lkc-1","resourceType":"topic","associationType":"value","subject":"s","magic":0}""";
        await using var server = await StartAsync();
        Succeeded(await server.PostAsync("/associations", Weak));
        var written = server.Topic.Texts.Last();
        Assert.StartsWith(key + " = {\"subject\":\"s\",\"guid\":\"", written, StringComparison.Ordinal);
        Assert.Contains(
            "\",\"tenant\":\"default\",\"resourceName\":\"orders\",\"resourceNamespace\":\"lkc-1\",\"resourceId\":\"id-1\",\"resourceType\":\"topic\",\"associationType\":\"value\",\"lifecycle\":\"WEAK\",\"frozen\":false,\"createTs\":",
            written, StringComparison.Ordinal);

        // The same, its members in another order: another key for compaction.
        var other = key.Replace("\"tenant\":\"default\",", "", StringComparison.Ordinal);
        server.Topic.Write(other, """{"subject":"s","guid":"g","resourceId":"id-1","lifecycle":"weak","createTs":5,"unknown":1}""");
        server.Topic.Write("""{"keytype":"ASSOC","resourceName":"orders","magic":0}""", "{}");
        await server.RegisterAsync("t", "\"int\"");
        var read = (await server.GetAsync("/associations/resources/id-1")).Json[0];
        Assert.Equal(("g", 5), (read.GetProperty("guid").GetString(), read.GetProperty("createTs").GetInt64()));
        Succeeded(await server.DeleteAsync("/associations/resources/id-1"), 204);
        Assert.Equal([key + " = null", other + " = null"], server.Topic.Texts.TakeLast(2));
        Assert.Empty(Replay.Of(Replay.Compact(server.Topic.Records)).Associations.All);
    }
}
