using System.Text;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Tests.State;
using Gateway.SchemaRegistry.Transfer;

namespace Gateway.SchemaRegistry.Tests.Transfer;

/// <summary>What a registry knows goes to another one by way of a file (schema-registry 3.3, 3.4).</summary>
public class TransferTests
{
    [Fact]
    public async Task An_export_brought_in_gives_the_same_state()
    {
        await using var server = await FilledAsync();
        var (summary, text) = await ExportAsync(server.Topic, ExportProfile.Confluent8);
        Assert.Equal((3, 4, 0), (summary.Subjects, summary.Versions, summary.LeftOut.Count));
        Assert.Equal(summary.Records, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        await using var other = await RegistryServer.StartAsync();
        await ImportAsync(other.Topic, text);
        await other.Service.AppliedAsync(other.Topic.Records[^1].Offset);
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(other.Service.Image));
        Assert.Equal((await server.GetAsync("/subjects/s/versions/1?deleted=true")).Text, (await other.GetAsync("/subjects/s/versions/1?deleted=true")).Text);
        // A second time changes nothing.
        await ImportAsync(other.Topic, text);
        Assert.Equal(StateHash.Of(server.Service.Image), StateHash.Of(Replay.Of(other.Topic.Records)));
    }

    [Fact]
    public async Task Confluents_older_registries_read_no_avro_by_name()
    {
        await using var server = await FilledAsync();
        var (_, text) = await ExportAsync(server.Topic, ExportProfile.Confluent7);
        Assert.DoesNotContain("\"schemaType\":\"AVRO\"", text, StringComparison.Ordinal);
        Assert.Contains("""{"timestamp":1700000000002,"key":{"keytype":"SCHEMA","subject":"s","version":1,"magic":1},"value":{"subject":"s","version":1,"id":1,"schema":"\"int\"","deleted":true}}""", text, StringComparison.Ordinal);
        Assert.Contains("\"keytype\":\"CONTEXT\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redpanda_is_told_only_what_its_reader_stands()
    {
        await using var server = await FilledAsync();
        var (summary, text) = await ExportAsync(server.Topic, ExportProfile.Redpanda);
        Assert.Equal(["metadata and rules of 1 versions", "settings other than the compatibility level of 2 configs"], summary.LeftOut);
        Assert.Contains("""{"key":{"keytype":"CONFIG","subject":null,"magic":0},"value":{"compatibilityLevel":"FULL"}}""", text, StringComparison.Ordinal);
        Assert.Contains("""{"key":{"keytype":"MODE","subject":"s","magic":0},"value":{"subject":"s","mode":"READONLY"}}""", text, StringComparison.Ordinal);
        foreach (var member in new[] { "metadata", "ruleSet", "NOOP", "CONTEXT", "CLEAR", "alias", "normalize", "AVRO" })
            Assert.DoesNotContain(member, text, StringComparison.Ordinal);
        // What it knows, it knows rightly.
        var image = await ImportedAsync(text);
        Assert.Equal(server.Service.Image.Ids.Keys.Order(ById), image.Ids.Keys.Order(ById));
    }

    [Fact]
    public async Task Associations_are_exported_for_those_who_know_them()
    {
        await using var server = await FilledAsync();
        var tied = await server.PostAsync("/associations", """
            {"resourceName":"t","resourceNamespace":"lkc-1","resourceId":"i","associations":[{"schema":{"schema":"\"int\""}}]}
            """);
        Assert.True(tied.Status == 200, tied.Text);
        var (summary, text) = await ExportAsync(server.Topic, ExportProfile.Confluent8);
        Assert.Equal(["1 associations of subjects with topics; the profile confluent-8.2 has them"], summary.LeftOut);
        Assert.DoesNotContain("ASSOC", text, StringComparison.Ordinal);
        (summary, text) = await ExportAsync(server.Topic, ExportProfile.Confluent82);
        Assert.Empty(summary.LeftOut);
        Assert.Contains("\"schemaType\":\"AVRO\"", text, StringComparison.Ordinal);
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(await ImportedAsync(text)));
    }

    [Fact]
    public async Task Records_of_any_dialect_are_brought_in_and_strange_ones_passed_over()
    {
        const string redpandas = """
            {"key":{"keytype":"SCHEMA","subject":"a","version":1,"magic":1,"seq":0,"node":1},"value":{"subject":"a","version":1,"id":7,"schema":"\"int\"","deleted":false}}
            {"key":"{\"keytype\":\"SCHEMA\",\"subject\":\"b\",\"version\":1,\"magic\":1,\"seq\":1,\"node\":1}","value":"{\"subject\":\"b\",\"version\":1,\"id\":8,\"schema\":\"\\\"long\\\"\",\"deleted\":false}"}

            {"key":{"keytype":"CONFIG","subject":null,"magic":0,"seq":2,"node":1},"value":{"compatibilityLevel":"FULL"}}
            {"key":{"keytype":"ELSE","magic":0},"value":{}}
            {"key":{"keytype":"SCHEMA","subject":"c","version":1,"magic":1},"value":{"subject":"c","version":1,"id":8,"schema":"\"bytes\"","deleted":false}}
            """;
        var topic = new MemorySchemaTopic();
        var summary = await ImportAsync(topic, redpandas);
        Assert.Equal((2, 2, 2), (summary.Subjects, summary.Versions, summary.PassedOver));
        // Written in our own words, so that nothing of the other dialect lives on.
        Assert.DoesNotContain(topic.Texts, text => text.Contains("seq", StringComparison.Ordinal));
        Assert.Contains("""{"keytype":"CONFIG","magic":0} = {"compatibilityLevel":"FULL"}""", topic.Texts);
    }

    [Theory]
    [InlineData("{\"key\":", "line 1: it is not JSON: the text ends in the middle of a value (line 1, column 8)")]
    [InlineData("{}", "line 1: it has no member key")]
    [InlineData("\n[1]", "line 2: it has no member key")]
    [InlineData("{\"key\":\"\\ud800\"}", "line 1: a string of it is not text")]
    public async Task What_is_no_export_is_told_with_its_line(string text, string message)
    {
        var topic = new MemorySchemaTopic();
        var fault = await Assert.ThrowsAsync<TransferException>(() => ImportAsync(topic, text));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
        Assert.Empty(topic.Records);
    }

    [Fact]
    public async Task Nothing_is_written_over_what_is_there()
    {
        await using var server = await FilledAsync();
        var (_, text) = await ExportAsync(server.Topic, ExportProfile.Confluent8);
        await using var other = await RegistryServer.StartAsync();
        await other.RegisterAsync("t", "\"bytes\"");
        var before = other.Topic.Records.Count;
        var fault = await Assert.ThrowsAsync<TransferException>(() => ImportAsync(other.Topic, text));
        Assert.Equal(
            "nothing was imported: subject 't' has another version 1 there, with id 1; id 1 in context . is another schema there. Import into an empty registry",
            fault.Message);
        Assert.Equal(before, other.Topic.Records.Count);
    }

    private static Comparer<ContextId> ById { get; } = Comparer<ContextId>.Create((one, other) => (one.Context, one.Id).CompareTo((other.Context, other.Id)));

    private static async Task<RegistryServer> FilledAsync()
    {
        var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"int\"");
        await server.RegisterAsync("s", "\"long\"");
        await server.DeleteAsync("/subjects/s/versions/1");
        await server.RegisterAsync("t", "\"string\"", ""","metadata":{"properties":{"owner":"me"}}""");
        await server.RegisterAsync(":.ctx:t", "\"string\"");
        await server.RegisterAsync("gone", "\"bytes\"");
        await server.DeleteAsync("/subjects/gone");
        await server.DeleteAsync("/subjects/gone?permanent=true");
        await server.PutAsync("/config", """{"compatibility":"FULL","normalize":true}""");
        await server.PutAsync("/config/a", """{"alias":"t"}""");
        await server.PutAsync("/mode/s", """{"mode":"READONLY"}""");
        return server;
    }

    private static async Task<(TransferSummary Summary, string Text)> ExportAsync(MemorySchemaTopic topic, ExportProfile profile)
    {
        using var output = new MemoryStream();
        var summary = await RegistryTransfer.ExportAsync(topic, profile, output, default);
        return (summary, Encoding.UTF8.GetString(output.ToArray()));
    }

    private static Task<TransferSummary> ImportAsync(MemorySchemaTopic topic, string text) =>
        RegistryTransfer.ImportAsync(topic, new MemoryStream(Encoding.UTF8.GetBytes(text)), default);

    private static async Task<RegistryImage> ImportedAsync(string text)
    {
        var topic = new MemorySchemaTopic();
        await ImportAsync(topic, text);
        return Replay.Of(topic.Records);
    }
}
