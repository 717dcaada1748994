using System.CommandLine;
using System.Text.Json;
using Gateway.Cli;
using Gateway.Registry;

namespace Gateway.Tests.Nodes;

/// <summary><c>gateway registry</c> against a running node (cli 2.5).</summary>
[Collection(SharedNode.Name)]
public sealed class RegistryCommandTests(TestNode node) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-registry-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Schemas_are_created_found_listed_compared_and_deleted()
    {
        string context = "--schema-context=.cmd-schemas";
        string first = Write("a.avsc", """{"type":"record","name":"A","fields":[{"name":"x","type":"int"}]}""");
        string next = Write("b.avsc", """{"type":"record","name":"A","fields":[{"name":"x","type":"int"},{"name":"y","type":"int","default":1}]}""");
        string wrong = Write("c.avsc", """{"type":"record","name":"A","fields":[{"name":"z","type":"string"}]}""");
        string[] table = ["SUBJECT", "VERSION", "ID", "TYPE", "s", "1", "1", "AVRO"];
        Assert.Equal(table, Words(await RunAsync("schema", "create", "s", "--schema", first, "-p", "owner=me,team=a", context)));
        Assert.Equal(table, Words(await RunAsync("schema", "create", "s", "--schema", first, "-p", "owner=me,team=a", context)));
        Assert.Equal("Schema is compatible.\n", (await RunAsync("schema", "check-compatibility", "s", "--schema", next, "--schema-version", "latest", context)).Output);
        (int code, string output) = await RunAsync("schema", "check-compatibility", "s", "--schema", wrong, context);
        Assert.Equal(1, code);
        Assert.StartsWith("Schema is not compatible.\n{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE'", output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("schema", "create", "s", "--schema", next, context)).Code);

        Assert.Equal(
            """{"type":"record","name":"A","fields":[{"name":"x","type":"int"}]}""" + "\n",
            (await RunAsync("schema", "get", "s", "--schema-version", "1", "--print-schema", context)).Output);
        Assert.Equal("me", Json(await RunAsync("schema", "get", "s", "--schema-version", "1", "--print-metadata", context)).GetProperty("properties").GetProperty("owner").GetString());
        JsonElement byId = Assert.Single(Json(await RunAsync("schema", "get", "--id", "2", "--format", "json", context)).EnumerateArray());
        Assert.Equal(("s", 2), (byId.GetProperty("subject").GetString(), byId.GetProperty("version").GetInt32()));
        Assert.Equal(2, Json(await RunAsync("schema", "get", "s", "--schema", next, "--format", "json", context))[0].GetProperty("version").GetInt32());

        Assert.Equal(0, (await RunAsync("schema", "delete", "s", "--schema-version", "1", context)).Code);
        Assert.Equal([2], Versions(await RunAsync("schema", "list", "s", "--format", "json", context)));
        Assert.Equal([1, 2], Versions(await RunAsync("schema", "list", "--deleted", "--format", "json", context)));
        var fault = await Assert.ThrowsAsync<CommandException>(() => RunAsync("schema", "get", "s", "--schema-version", "9", context));
        Assert.Equal("Version 9 not found. 'gateway registry schema list' shows those there are", fault.Message);
        fault = await Assert.ThrowsAsync<CommandException>(() => RunAsync("schema", "list", "nobody", context));
        Assert.Equal("there is no subject nobody", fault.Message);
        JsonElement gone = Json(await RunAsync("schema", "delete", "s", "--schema-version", "1", "--permanent", "--format", "json", context));
        Assert.Equal("""{"subject":"s","version":1,"permanent":true}""", JsonSerializer.Serialize(gone));
    }

    [Fact]
    public async Task References_are_given_as_words_or_in_a_file_and_found_from_the_other_side()
    {
        string context = "--schema-context=.cmd-references";
        string customer = Write("customer.proto", "syntax = \"proto3\"; message Customer { string name = 1; }");
        string order = Write("order.proto", "syntax = \"proto3\"; import \"customer.proto\"; message Order { Customer customer = 1; }");
        string list = Write("references.json", """[{"name":"customer.proto","subject":"customer","version":1}]""");
        Assert.Equal(0, (await RunAsync("schema", "create", "customer", "--schema", customer, context)).Code);
        Assert.Equal(0, (await RunAsync("schema", "create", "order", "--schema", order, "--references", "customer.proto:customer:1", context)).Code);
        Assert.Equal(0, (await RunAsync("schema", "create", "other", "--schema", order, "--references", list, context)).Code);
        JsonElement referrers = Json(await RunAsync("schema", "references", "customer", "--schema-version", "latest", "--format", "json", context));
        Assert.Equal(["order", "other"], referrers.EnumerateArray().Select(row => row.GetProperty("subject").GetString()).Order());
        Assert.Equal("PROTOBUF", referrers[0].GetProperty("type").GetString());
    }

    [Fact]
    public async Task Subjects_levels_modes_and_contexts_are_set_and_told()
    {
        string context = "--schema-context=.cmd-settings";
        string schema = Write("a.avsc", "\"int\"");
        await RunAsync("schema", "create", "a", "--schema", schema, context);
        await RunAsync("schema", "create", "b", "--schema", schema, context);
        Assert.Equal("a\nb\n", (await RunAsync("subject", "list", context)).Output);
        Assert.Equal("a\nb\n", (await RunAsync("subject", "list", "--schema-context=cmd-settings")).Output);
        Assert.Equal(["SUBJECT", "VERSION", "ID", "TYPE", "a", "1", "1", "AVRO", "b", "1", "1", "AVRO"], Words(await RunAsync("schema", "list", context)));
        foreach (string list in new[] { "subject", "schema" })
            Assert.DoesNotContain("cmd-settings", (await RunAsync(list, "list")).Output, StringComparison.Ordinal);
        Assert.Equal(["SUBJECT", "VERSION", "ID", "TYPE", ":.cmd-settings:a", "1", "1", "AVRO"], Words(await RunAsync("schema", "list", ":.cmd-settings:a")));
        Assert.Equal(8 + 4, Words(await RunAsync("schema", "list", ":.cmd-settings:a", ":.cmd-settings:b")).Length);

        Assert.Equal(["SUBJECT", "LEVEL", "ERROR", "a", "FULL", "-"], Words(await RunAsync("compatibility-level", "set", "a", "--level", "full", context)));
        Assert.Equal(["SUBJECT", "LEVEL", "ERROR", "{GLOBAL}", "BACKWARD", "-", "a", "FULL", "-"], Words(await RunAsync("compatibility-level", "get", "a", "--global", context)));
        (int code, string output) = await RunAsync("compatibility-level", "set", "a", "--level", "sideways", context);
        Assert.Equal(1, code);
        Assert.Contains("Invalid compatibility level. Valid values are none, backward", output, StringComparison.Ordinal);

        Assert.Equal(["SUBJECT", "MODE", "ERROR", "a", "READONLY", "-"], Words(await RunAsync("mode", "set", "a", "--mode", "readonly", context)));
        Assert.Equal(["SUBJECT", "MODE", "ERROR", "{GLOBAL}", "READWRITE", "-"], Words(await RunAsync("mode", "get", context)));
        (code, output) = await RunAsync("subject", "delete", "a", "b", context);
        Assert.Equal(1, code);
        Assert.Contains("is in read-only mode", output, StringComparison.Ordinal);
        Assert.Equal(["SUBJECT", "MODE", "ERROR", "a", "READWRITE", "-"], Words(await RunAsync("mode", "reset", "a", context)));
        Assert.Equal(["SUBJECT", "VERSIONS", "ERROR", "a", "1", "-"], Words(await RunAsync("subject", "delete", "a", context)));

        Assert.Contains(".cmd-settings\n", (await RunAsync("context", "list")).Output, StringComparison.Ordinal);
        var fault = await Assert.ThrowsAsync<CommandException>(() => RunAsync("context", "delete", "cmd-settings"));
        Assert.Equal("The context '.cmd-settings' is not empty", fault.Message);
        Assert.Equal(0, (await RunAsync("subject", "delete", "a", "b", "--permanent", context)).Code);
        Assert.Equal("""{"context":"cmd-settings"}""", JsonSerializer.Serialize(Json(await RunAsync("context", "delete", "cmd-settings", "--format", "json"))));
        Assert.DoesNotContain(".cmd-settings\n", (await RunAsync("context", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_one_registry_knows_is_brought_into_another()
    {
        string schema = Write("a.avsc", "\"double\"");
        await RunAsync("schema", "create", "transferred", "--schema", schema, "--schema-context=.cmd-transfer");
        string export = Path.Combine(_directory, "export.jsonl");
        Assert.Equal(0, (await RunAsync("export", "-o", export)).Code);
        Assert.Contains("\":.cmd-transfer:transferred\"", await File.ReadAllTextAsync(export), StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("import", export, "--topic", "_schemas_copy")).Code);
        string again = Path.Combine(_directory, "again.jsonl");
        Assert.Equal(0, (await RunAsync("export", "-o", again, "--topic", "_schemas_copy")).Code);
        Assert.Equal(await File.ReadAllTextAsync(export), await File.ReadAllTextAsync(again));
        var fault = await Assert.ThrowsAsync<CommandException>(() => RunAsync("export", "--profile", "apicurio"));
        Assert.Equal("--profile: there is no profile 'apicurio'; there are confluent-8, confluent-7, redpanda-import, confluent-8.2", fault.Message);
        fault = await Assert.ThrowsAsync<CommandException>(() => RunAsync("import", Path.Combine(_directory, "nothing")));
        Assert.Contains("nothing", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no schema type in a name", new[] { "schema", "create", "s", "--schema", "FILE" }, "does not tell the type of the schema; say --type avro, protobuf or json")]
    [InlineData("an unknown type", new[] { "schema", "create", "s", "--schema", "FILE", "--type", "xml" }, "--type: there is no type 'xml'; use avro, protobuf or json")]
    [InlineData("a bad reference", new[] { "schema", "create", "s", "--schema", "FILE", "--type", "avro", "--references", "a:b" }, "--references: 'a:b' is not name:subject:version")]
    [InlineData("a bad property", new[] { "schema", "create", "s", "--schema", "FILE", "--type", "avro", "-p", "x" }, "--metadata-properties: 'x' is not key=value")]
    [InlineData("a missing file", new[] { "schema", "create", "s", "--schema", "/nowhere/x.avsc" }, "the file /nowhere/x.avsc cannot be read")]
    [InlineData("nothing asked for", new[] { "schema", "get", "s" }, "say one of --schema-version, --id and --schema")]
    public async Task Wrong_words_are_told_apart(string what, string[] arguments, string message)
    {
        string file = Write("schema", "\"int\"");
        var fault = await Assert.ThrowsAsync<CommandException>(() => RunAsync([.. arguments.Select(argument => argument == "FILE" ? file : argument)]));
        Assert.True(fault.Message.Contains(message, StringComparison.Ordinal), $"{what}: {fault.Message}");
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var root = new RootCommand();
        foreach (Command command in GatewayCommands.Create("test", RegistryTransferCommands.Create)) root.Add(command);
        using var output = new StringWriter { NewLine = "\n" };
        var configuration = new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false };
        string[] connection = ["-X", $"brokers={node.Host.Addresses.Kafka}", "-X", $"registry.hosts={node.Host.Addresses.SchemaRegistry}"];
        ParseResult parsed = root.Parse(["registry", .. arguments, .. connection]);
        Assert.Empty(parsed.Errors);
        return (await parsed.InvokeAsync(configuration), output.ToString());
    }

    private static string[] Words((int Code, string Output) result) => result.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static JsonElement Json((int Code, string Output) result)
    {
        Assert.Equal(0, result.Code);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private static IEnumerable<int> Versions((int Code, string Output) result) => Json(result).EnumerateArray().Select(row => row.GetProperty("version").GetInt32());
}
