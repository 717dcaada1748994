namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Configs and modes, and what they allow (schema-registry 2.3).</summary>
public class ConfigAndModeTests
{
    [Fact]
    public async Task The_config_is_set_read_and_removed()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.GetAsync("/config")).Is("""{"compatibilityLevel":"BACKWARD"}""");
        (await server.PutAsync("/config", """{"compatibility":"full"}""")).Is("""{"compatibility":"FULL"}""");
        (await server.GetAsync("/config")).Is("""{"compatibilityLevel":"FULL"}""");
        (await server.GetAsync("/config/s")).IsError(404, 40408, "Subject 's' does not have subject-level compatibility configured");
        (await server.GetAsync("/config/s?defaultToGlobal=true")).Is("""{"compatibilityLevel":"FULL"}""");
        (await server.PutAsync("/config/s", """{"compatibility":"NONE"}""")).Is("""{"compatibility":"NONE"}""");
        (await server.GetAsync("/config/s")).Is("""{"compatibilityLevel":"NONE"}""");
        (await server.DeleteAsync("/config/s")).Is("""{"compatibilityLevel":"NONE"}""");
        (await server.DeleteAsync("/config/s")).IsError(404, 40401, "Subject 's' not found.");
        (await server.DeleteAsync("/config")).Is("""{"compatibilityLevel":"FULL"}""");
        (await server.GetAsync("/config")).Is("""{"compatibilityLevel":"BACKWARD"}""");
        Assert.Equal(
            [
                """{"keytype":"CONFIG","magic":0} = {"compatibilityLevel":"FULL"}""",
                """{"keytype":"CONFIG","subject":"s","magic":0} = {"subject":"s","compatibilityLevel":"NONE"}""",
                """{"keytype":"CONFIG","subject":"s","magic":0} = null""",
                """{"keytype":"CONFIG","magic":0} = null""",
            ],
            server.Topic.Texts);
    }

    [Theory]
    [InlineData("""{"compatibility":"SIDEWAYS"}""", 422, 42203, "Invalid compatibility level. Valid values are none, backward")]
    [InlineData("""{"compatibility":7}""", 422, 42203, "Invalid compatibility level. Valid values are")]
    [InlineData("""{"compatibilityLevel":"FOO"}""", 422, 42203, "Invalid compatibility level. Valid values are")]
    [InlineData("""{"compatibilityLevel":7}""", 422, 42203, "Invalid compatibility level. Valid values are")]
    [InlineData("""{"compatibilityLevel":"NONE","compatibility":"FOO"}""", 422, 42203, "Invalid compatibility level. Valid values are")]
    [InlineData("""{"compatibilityPolicy":"LAX"}""", 422, 42203, "Invalid compatibility policy. Valid values are STRICT, LENIENT, EXHAUSTIVE, LOGICAL")]
    [InlineData("""{"compatibilityPolicy":7}""", 422, 42203, "Invalid compatibility policy.")]
    [InlineData("""{"defaultRuleSet":{"domainRules":[{"name":"x"}]}}""", 422, 42210, "Invalid rule set")]
    [InlineData("{", 400, 400, "The request body is not JSON")]
    [InlineData("", 422, 422, "The request body is missing")]
    public async Task Faulty_configs_get_their_codes(string body, int status, int code, string message)
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PutAsync("/config", body)).IsError(status, code, message);
        (await server.PutAsync("/config/s", body)).IsError(status, code, message);
        (await server.PutAsync("/config/__GLOBAL", """{"compatibility":"NONE"}""")).IsError(422, 42208, "The specified subject '__GLOBAL'");
    }

    [Theory]
    [InlineData("""{"compatibilityLevel":"full"}""", """{"compatibility":"FULL"}""", """{"compatibilityLevel":"FULL","compatibilityGroup":"g"}""")]
    [InlineData("""{"compatibilityLevel":"FULL","compatibility":"FORWARD"}""", """{"compatibility":"FORWARD"}""", """{"compatibilityLevel":"FORWARD","compatibilityGroup":"g"}""")]
    [InlineData("""{"compatibilityLevel":"FULL","compatibility":null}""", "{}", """{"compatibilityGroup":"g"}""")]
    [InlineData("""{"compatibilityLevel":null}""", "{}", """{"compatibilityGroup":"g"}""")]
    [InlineData("{}", "{}", """{"compatibilityLevel":"NONE","compatibilityGroup":"g"}""")]
    public async Task A_level_may_go_by_the_name_it_has_in_answers(string update, string echo, string kept)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config/s", """{"compatibility":"NONE","compatibilityGroup":"g"}""");
        (await server.PutAsync("/config/s", update)).Is(echo);
        (await server.GetAsync("/config/s")).Is(kept);
    }

    [Fact]
    public async Task Absent_members_stay_and_null_ones_are_cleared()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config/s", """{"compatibility":"FULL","normalize":true,"compatibilityGroup":"g","compatibilityPolicy":"lenient"}""");
        await server.PutAsync("/config/s", """{"normalize":null,"validateFields":true}""");
        (await server.GetAsync("/config/s")).Is("""{"validateFields":true,"compatibilityLevel":"FULL","compatibilityPolicy":"LENIENT","compatibilityGroup":"g"}""");
    }

    [Fact]
    public async Task A_subject_config_without_a_level_takes_the_servers()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config", """{"compatibility":"NONE"}""");
        await server.PutAsync("/config/s", """{"validateFields":true}""");
        await server.RegisterAsync("s", "\"int\"");
        await server.RegisterAsync("t", "\"int\"");
        Assert.Equal(409, (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"string\""))).Status);
        Assert.Equal(200, (await server.PostAsync("/subjects/t/versions", RegistryServer.Body("\"string\""))).Status);
    }

    [Fact]
    public async Task A_context_has_a_config_between_subject_and_all()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config/:.ctx:", """{"compatibility":"NONE"}""");
        (await server.GetAsync("/config/:.ctx:s?defaultToGlobal=true")).Is("""{"compatibilityLevel":"NONE"}""");
        (await server.GetAsync("/config/s?defaultToGlobal=true")).Is("""{"compatibilityLevel":"BACKWARD"}""");
        await server.PutAsync("/config/:.__GLOBAL:", """{"compatibility":"FULL"}""");
        (await server.GetAsync("/config/s?defaultToGlobal=true")).Is("""{"compatibilityLevel":"FULL"}""");
    }

    [Fact]
    public async Task Metadata_and_rules_are_kept_merged_and_inherited()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config/s", """{"defaultMetadata":{"properties":{"owner":"d","a":"1"}},"overrideMetadata":{"properties":{"b":"o"}}}""");
        await server.RegisterAsync("s", "\"int\"", ""","metadata":{"properties":{"owner":"me","b":"x"},"tags":{"p":["PII"]},"sensitive":["a"]},"ruleSet":{"domainRules":[{"name":"r","type":"CEL","expr":"true","params":{"k":"v"}}]}""");
        var one = (await server.GetAsync("/subjects/s/versions/1")).Json;
        Assert.Equal("""{"tags":{"p":["PII"]},"properties":{"a":"1","b":"o","owner":"me"},"sensitive":["a"]}""", one.GetProperty("metadata").GetRawText());
        Assert.Equal("""{"domainRules":[{"name":"r","kind":"TRANSFORM","mode":"WRITEREAD","type":"CEL","params":{"k":"v"},"expr":"true","disabled":false}]}""", one.GetProperty("ruleSet").GetRawText());
        await server.RegisterAsync("s", "\"long\"");
        Assert.Equal(one.GetProperty("ruleSet").GetRawText(), (await server.GetAsync("/subjects/s/versions/2")).Json.GetProperty("ruleSet").GetRawText());
        Assert.Equal(2, (await server.GetAsync("/subjects/s/metadata?key=owner&value=me&key=b&value=o")).Json.GetProperty("version").GetInt32());
        (await server.GetAsync("/subjects/s/metadata?key=owner&value=you")).IsError(404, 40403, "Schema not found");
        (await server.GetAsync("/subjects/s/metadata?key=owner")).IsError(422, 422, "Each key needs a value");
        // Lookups without metadata ask for the text only.
        Assert.Equal(2, (await server.PostAsync("/subjects/s", RegistryServer.Body("\"long\""))).Json.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Rules_that_do_not_parse_are_refused_where_rules_are_validated()
    {
        const string Faulty = """{"domainRules":[{"name":"r","type":"CEL","expr":"message.a =="}]}""", Good = """{"domainRules":[{"name":"r","type":"CEL","expr":"message.a == 1"}]}""";
        const string Problem = "Invalid rule set: the expression of rule r is not CEL: at character 13, something is missing";
        await using var server = await RegistryServer.StartAsync();
        Assert.Equal(1, await server.RegisterAsync("free", "\"int\"", $",\"ruleSet\":{Faulty}"));
        await server.PutAsync("/config", """{"validateRules":true}""");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\"", $",\"ruleSet\":{Faulty}"))).IsError(422, 42210, Problem);
        Assert.Equal(2, await server.RegisterAsync("s", "\"int\"", $",\"ruleSet\":{Good}"));
        // Also those that come from the config, or from the version before, and those a tag request merges in.
        (await server.PutAsync("/config/s", $"{{\"defaultRuleSet\":{Faulty}}}")).IsError(422, 42210, Problem);
        (await server.PutAsync("/config/s", $"{{\"overrideRuleSet\":{Faulty}}}")).IsError(422, 42210, Problem);
        (await server.PostAsync("/subjects/free/versions", RegistryServer.Body("\"long\""))).IsError(422, 42210, Problem);
        (await server.PostAsync("/subjects/s/versions/1/tags", $"{{\"rulesToMerge\":{Faulty}}}")).IsError(422, 42210, Problem);
        // A subject may do without; and what was taken without stands in the way of validation.
        Assert.Equal(200, (await server.PutAsync("/config/free", $"{{\"validateRules\":false,\"defaultRuleSet\":{Faulty}}}")).Status);
        Assert.Equal(3, await server.RegisterAsync("free", "\"long\""));
        (await server.PutAsync("/config/free", """{"validateRules":null}""")).IsError(422, 42210, Problem);
        // Imports bring what was good elsewhere.
        await server.PutAsync("/mode/:.in:", """{"mode":"IMPORT"}""");
        Assert.Equal(9, await server.RegisterAsync(":.in:s", "\"int\"", $",\"id\":9,\"ruleSet\":{Faulty}"));
    }

    [Fact]
    public async Task Logical_is_told_and_compares_as_strict_does()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PutAsync("/config/s", """{"compatibilityPolicy":"logical"}""")).Is("""{"compatibilityPolicy":"LOGICAL"}""");
        const string One = """{"type":"object","properties":{"a":{"type":"string"}}}""", Two = """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}""";
        await server.RegisterAsync("s", One, ""","schemaType":"JSON" """);
        var strict = await server.PostAsync("/subjects/s/versions", RegistryServer.Body(Two, ""","schemaType":"JSON" """));
        Assert.Equal(409, strict.Status);
        Assert.Contains("OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", strict.Text, StringComparison.Ordinal);
        await server.PutAsync("/config/s", """{"compatibilityPolicy":"LENIENT"}""");
        Assert.Equal(2, await server.RegisterAsync("s", Two, ""","schemaType":"JSON" """));
    }

    [Fact]
    public async Task A_version_asked_for_is_noted_and_held()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"int\"", ",\"version\":1");
        Assert.Equal("""{"properties":{"confluent:version":"1"}}""", (await server.GetAsync("/subjects/s/versions/1")).Json.GetProperty("metadata").GetRawText());
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"long\"", ",\"version\":3"))).IsError(422, 42201, "Version is not one more");
        await server.RegisterAsync("s", "\"long\"", ",\"version\":-1");
        (await server.GetAsync("/subjects/s/versions")).Is("[1,2]");
    }

    [Fact]
    public async Task The_mode_is_set_read_and_removed()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.GetAsync("/mode")).Is("""{"mode":"READWRITE"}""");
        (await server.GetAsync("/mode/s")).IsError(404, 40409, "Subject 's' does not have subject-level mode configured");
        (await server.GetAsync("/mode/s?defaultToGlobal=true")).Is("""{"mode":"READWRITE"}""");
        (await server.PutAsync("/mode/s", """{"mode":"readonly"}""")).Is("""{"mode":"READONLY"}""");
        (await server.GetAsync("/mode/s")).Is("""{"mode":"READONLY"}""");
        (await server.PutAsync("/mode", """{"mode":"READONLY_OVERRIDE"}""")).Is("""{"mode":"READONLY_OVERRIDE"}""");
        (await server.GetAsync("/mode")).Is("""{"mode":"READONLY_OVERRIDE"}""");
        (await server.PutAsync("/mode", """{"mode":null}""")).Is("{}");
        (await server.GetAsync("/mode")).Is("""{"mode":"READWRITE"}""");
        (await server.DeleteAsync("/mode/s")).Is("""{"mode":"READONLY"}""");
        (await server.DeleteAsync("/mode/s")).IsError(404, 40401, "Subject 's' not found.");
        (await server.DeleteAsync("/mode/s?recursive=true")).Is("""{"mode":"READWRITE"}""");
        (await server.DeleteAsync("/mode")).Is("""{"mode":"READWRITE"}""");
        Assert.Equal("""{"keytype":"MODE","subject":"s","magic":0} = {"subject":"s","mode":"READONLY"}""", server.Topic.Texts.First());
    }

    [Theory]
    [InlineData("""{"mode":"WRITEONLY"}""")]
    [InlineData("""{"mode":"FORWARD"}""")]
    [InlineData("""{"mode":1}""")]
    public async Task Faulty_modes_are_42204(string body)
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PutAsync("/mode", body)).IsError(422, 42204, "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.");
    }

    [Fact]
    public async Task Modes_can_be_frozen()
    {
        await using var server = await RegistryServer.StartAsync(options: new RegistryOptions { ModeMutable = false });
        (await server.PutAsync("/mode", """{"mode":"READONLY"}""")).IsError(422, 42205, "Mode changes are not allowed");
        (await server.DeleteAsync("/mode")).IsError(422, 42205, "Mode changes are not allowed");
    }

    [Fact]
    public async Task Read_only_refuses_every_change()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"int\"");
        await server.PutAsync("/mode", """{"mode":"READONLY"}""");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"long\""))).IsError(422, 42205, "Subject s in context . is in read-only mode");
        (await server.DeleteAsync("/subjects/s")).IsError(422, 42205, "Subject s in context . is in read-only mode");
        (await server.DeleteAsync("/subjects/s/versions/1")).IsError(422, 42205, "Subject s in context . is in read-only mode");
        (await server.PutAsync("/config/s", """{"compatibility":"NONE"}""")).IsError(422, 42205, "Subject s in context . is in read-only mode");
        (await server.DeleteAsync("/config")).IsError(422, 42205, "Subject  in context . is in read-only mode");
        Assert.Equal(200, (await server.GetAsync("/subjects/s/versions/1")).Status);
    }

    [Fact]
    public async Task Imports_bring_their_ids()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PutAsync("/mode", """{"mode":"IMPORT"}""")).Is("""{"mode":"IMPORT"}""");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\""))).IsError(422, 42205, "Subject s in context . is not in read-write mode");
        Assert.Equal(70, await server.RegisterAsync("s", "\"int\"", ",\"id\":70,\"version\":5"));
        Assert.Equal(71, await server.RegisterAsync("s", "\"string\"", ",\"id\":71"));
        (await server.GetAsync("/subjects/s/versions")).Is("[5,6]");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"bytes\"", ",\"id\":70"))).IsError(422, 42205, "Overwrite new schema with id 70 in context . is not permitted.");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\"", ",\"id\":99"))).IsError(422, 42207, "The same schema already has id 70");
        await server.PutAsync("/mode", """{"mode":"READWRITE"}""");
        Assert.Equal(72, await server.RegisterAsync("t", "\"bytes\""));
    }

    [Fact]
    public async Task Imports_start_from_nothing()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"int\"");
        (await server.PutAsync("/mode", """{"mode":"IMPORT"}""")).IsError(422, 42205, "Cannot import since found existing subjects");
        await server.DeleteAsync("/subjects/s");
        (await server.PutAsync("/mode", """{"mode":"IMPORT"}""")).Is("""{"mode":"IMPORT"}""");
        (await server.GetAsync("/subjects?deleted=true")).Is("[]");
        Assert.Contains("""{"keytype":"CLEAR_SUBJECT","subject":"s","magic":0} = {"subject":"s"}""", server.Topic.Texts);
    }

    [Fact]
    public async Task Imports_can_be_forced_over_what_is_there()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"int\"");
        (await server.PutAsync("/mode?force=true", """{"mode":"IMPORT"}""")).Is("""{"mode":"IMPORT"}""");
        (await server.GetAsync("/subjects")).Is("""["s"]""");
    }

    [Fact]
    public async Task A_flag_may_be_written_as_text()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PutAsync("/config/s", """{"normalize":"true","validateFields":"False"}""")).Is("""{"normalize":true,"validateFields":false}""");
        (await server.GetAsync("/config/s")).Is("""{"normalize":true,"validateFields":false}""");
    }
}
