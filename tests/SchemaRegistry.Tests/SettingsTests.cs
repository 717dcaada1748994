using System.Globalization;
using System.Runtime.CompilerServices;

namespace Gateway.SchemaRegistry.Tests;

/// <summary>Every option under the name operators know it by, and what those do that nothing else tests.</summary>
public class SettingsTests
{
    [Fact]
    public void The_guide_lists_every_setting_with_its_default()
    {
        var wanted = RegistrySettings.All.Select(setting => $"| `{setting.Name}` | {setting.Default} | {setting.Description} |");
        Assert.Equal(wanted, Guide().Where(line => line.StartsWith("| `schema.registry.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_value_reaches_an_option_of_its_own()
    {
        var all = new List<RegistryOptions>();
        foreach (var setting in RegistrySettings.All)
        {
            Assert.Null(setting.Problem(setting.Default));
            Assert.Equal(new RegistryOptions(), RegistrySettings.Read([KeyValuePair.Create(setting.Name, setting.Default)]));
            if (setting.Name == "schema.registry.leader.eligibility") continue;
            var other = Other(setting.Default);
            Assert.Null(setting.Problem(other));
            all.Add(RegistrySettings.Read([KeyValuePair.Create(setting.Name, other)]));
        }
        Assert.DoesNotContain(new RegistryOptions(), all);
        Assert.Equal(all.Count, all.Distinct().Count());
        // Of the options only the budget of parses and comparisons has no name; two of them are two numbers each.
        Assert.Equal(typeof(RegistryOptions).GetProperties().Length - 1 + 2, all.Count);
    }

    [Theory]
    [InlineData("schema.registry.kafkastore.topic", "a b")]
    [InlineData("schema.registry.kafkastore.topic", "..")]
    [InlineData("schema.registry.kafkastore.topic.replication.factor", "-2")]
    [InlineData("schema.registry.kafkastore.timeout.ms", "0")]
    [InlineData("schema.registry.schema.compatibility.level", "SIDEWAYS")]
    [InlineData("schema.registry.mode.mutability", "yes")]
    [InlineData("schema.registry.incompatible.error.code", "410")]
    [InlineData("schema.registry.max.contexts", "0")]
    [InlineData("schema.registry.schema.max.bytes", "-1")]
    public void A_value_that_cannot_be_says_so_with_its_name(string name, string value)
    {
        var problem = RegistrySettings.All.Single(setting => setting.Name == name).Problem(value);
        Assert.StartsWith(name + " must be ", problem, StringComparison.Ordinal);
        Assert.EndsWith($"'{value}'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_config_does_not_say_the_server_says()
    {
        await using var server = await RegistryServer.StartAsync(options: new RegistryOptions { Normalize = true, ValidateFields = true, ValidateRules = true, ValidateNewSchemas = false });
        // Not validated: a default that does not fit its type. Normalised: other names are sorted.
        await server.RegisterAsync(
            "s", """{"type":"record","name":"r","aliases":["b","a"],"fields":[{"name":"f","type":"int","default":"x"}]}""", ""","metadata":{"properties":{"confluent:reserved":"g"}}""");
        Assert.Contains("""["a","b"]""", (await server.GetAsync("/subjects/s/versions/1/schema")).Text, StringComparison.Ordinal);
        var reserved = await server.PostAsync(
            "/subjects/s/versions", RegistryServer.Body("""{"type":"record","name":"r","fields":[{"name":"g","type":"int","default":1}]}"""));
        Assert.Contains("RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY", reserved.Text, StringComparison.Ordinal);
        (await server.PostAsync("/subjects/t/versions", RegistryServer.Body("\"int\"", ""","ruleSet":{"domainRules":[{"name":"r","type":"CEL","expr":"("}]}""")))
            .IsError(422, 42210, "Invalid rule set: the expression of rule r");
        await server.PutAsync("/config/s", """{"validateNewSchemas":true}""");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("""{"type":"record","name":"r","fields":[{"name":"h","type":"int","default":"y"}]}""")))
            .IsError(422, 42201, "Invalid schema");
    }

    [Fact]
    public async Task Pages_have_the_length_that_was_set()
    {
        await using var server = await RegistryServer.StartAsync(options: new RegistryOptions { SchemaPages = new PageLimits(1, 2), OtherPages = new PageLimits(2, 3) });
        foreach (var subject in new[] { "a", "b", "c", "d" }) await server.RegisterAsync(subject, "\"int\"");
        Assert.Equal(1, (await server.GetAsync("/schemas")).Json.GetArrayLength());
        Assert.Equal(2, (await server.GetAsync("/schemas?limit=2")).Json.GetArrayLength());
        Assert.Equal(1, (await server.GetAsync("/schemas?limit=3")).Json.GetArrayLength());
        (await server.GetAsync("/subjects")).Is("""["a","b"]""");
        (await server.GetAsync("/subjects?limit=3&offset=1")).Is("""["b","c","d"]""");
        (await server.GetAsync("/subjects?limit=4")).Is("""["a","b"]""");
        Assert.Equal(5, new PageLimits(9, 5).Of(-1));
    }

    [Fact]
    public async Task There_are_as_many_contexts_as_may_be()
    {
        await using var server = await RegistryServer.StartAsync(options: new RegistryOptions { MaxContexts = 2 });
        await server.RegisterAsync(":.one:s", "\"int\"");
        (await server.PostAsync("/subjects/:.two:s/versions", RegistryServer.Body("\"int\""))).IsError(422, 42205, "There are 2 contexts, which is the limit");
        await server.RegisterAsync(":.one:t", "\"int\"");
        await server.DeleteAsync("/subjects/:.one:s");
        await server.DeleteAsync("/subjects/:.one:s?permanent=true");
        await server.DeleteAsync("/subjects/:.one:t");
        await server.DeleteAsync("/subjects/:.one:t?permanent=true");
        (await server.DeleteAsync("/contexts/.one")).IsNothing();
        await server.RegisterAsync(":.two:s", "\"int\"");
    }

    [Fact]
    public async Task Empty_names_can_be_refused()
    {
        await using var open = await RegistryServer.StartAsync();
        Assert.Equal(200, (await open.PostAsync("/subjects//versions", RegistryServer.Body("\"int\""))).Status);
        await using var strict = await RegistryServer.StartAsync(options: new RegistryOptions { AllowsEmptyNames = false });
        (await strict.PostAsync("/subjects//versions", RegistryServer.Body("\"int\""))).IsError(422, 42208, "The specified subject ''");
        (await strict.PostAsync("/subjects/:.ctx:/versions", RegistryServer.Body("\"int\""))).IsError(422, 42208, "The specified subject ':.ctx:'");
    }

    [Fact]
    public async Task Two_versions_under_one_name_can_be_refused()
    {
        const string Top = """{"type":"record","name":"Top","fields":[{"name":"m","type":"Middle"},{"name":"l","type":"Leaf"}]}""";
        const string References = ""","references":[{"name":"Middle","subject":"middle","version":1},{"name":"Leaf","subject":"leaf","version":2}]""";
        await using var lenient = await RegistryServer.StartAsync();
        await using var strict = await RegistryServer.StartAsync(options: new RegistryOptions { StrictReferenceVersions = true });
        foreach (var server in new[] { lenient, strict })
        {
            await server.RegisterAsync("leaf", """{"type":"record","name":"Leaf","fields":[]}""");
            await server.RegisterAsync("leaf", """{"type":"record","name":"Leaf","fields":[{"name":"x","type":"int","default":0}]}""");
            await server.RegisterAsync(
                "middle", """{"type":"record","name":"Middle","fields":[{"name":"l","type":"Leaf"}]}""", ""","references":[{"name":"Leaf","subject":"leaf","version":1}]""");
        }
        Assert.Equal(4, await lenient.RegisterAsync("top", Top, References));
        (await strict.PostAsync("/subjects/top/versions", RegistryServer.Body(Top, References)))
            .IsError(422, 42201, "Invalid schema: its references lead to version 1 of leaf and to version 2 of leaf under the one name Leaf");
        Assert.Equal(4, await strict.RegisterAsync("top", Top, References.Replace("\"version\":2", "\"version\":1", StringComparison.Ordinal)));
    }

    private static string Other(string value) => value switch
    {
        "true" => "false",
        "false" => "true",
        "BACKWARD" => "FULL",
        "409" => "40901",
        "2147483647" => "2147483646",
        _ when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => (number + 1).ToString(CultureInfo.InvariantCulture),
        _ => value + "-other",
    };

    private static IEnumerable<string> Guide([CallerFilePath] string here = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "schema-registry.md"));
}
