using System.CommandLine;
using System.Text.Json;
using Gateway.Cli;

namespace Gateway.Tests.Nodes;

/// <summary>The client commands against a running node.</summary>
[Collection(SharedNode.Name)]
public sealed class CommandTests(TestNode node)
{
    [Fact]
    public async Task Topics_are_created_listed_described_and_deleted()
    {
        Assert.Equal((0, "TOPIC        STATUS\ncmd-topic    OK\n"), await RunAsync("topic", "create", "cmd-topic", "-p", "3", "-c", "retention.ms=1000", "--format", "text"), new Loose());
        (int code, string listed) = await RunAsync("topic", "list", "cmd-topic", "--format", "json");
        Assert.Equal(0, code);
        JsonElement topic = Assert.Single(JsonDocument.Parse(listed).RootElement.EnumerateArray());
        Assert.Equal(3, topic.GetProperty("partitions").GetInt32());

        (code, string described) = await RunAsync("topic", "describe", "cmd-topic", "-a", "--format", "json");
        Assert.Equal(0, code);
        JsonElement report = JsonDocument.Parse(described).RootElement[0];
        JsonElement retention = Assert.Single(report.GetProperty("configs").EnumerateArray(), c => c.GetProperty("key").GetString() == "retention.ms");
        Assert.Equal("1000", retention.GetProperty("value").GetString());
        Assert.Equal("DYNAMIC_TOPIC_CONFIG", retention.GetProperty("source").GetString());
        Assert.Equal([0, 1, 2], report.GetProperty("partitions").EnumerateArray().Select(p => p.GetProperty("partition").GetInt32()));

        Assert.Equal(0, (await RunAsync("topic", "delete", "cmd-topic")).Code);
        Assert.Equal("[]\n", (await RunAsync("topic", "list", "cmd-topic", "--format", "json")).Output);
    }

    [Fact]
    public async Task One_failure_among_many_fails_the_command_and_names_the_error()
    {
        await RunAsync("topic", "create", "cmd-there");
        (int code, string output) = await RunAsync("topic", "create", "cmd-new", "cmd-there", "--format", "json");
        Assert.Equal(1, code);
        Assert.Equal(["OK", "TOPIC_ALREADY_EXISTS"], JsonDocument.Parse(output).RootElement.EnumerateArray().Select(t => t.GetProperty("status").GetString()));
        Assert.Equal(0, (await RunAsync("topic", "create", "cmd-there", "--if-not-exists")).Code);
    }

    [Fact]
    public async Task A_dry_run_creates_nothing()
    {
        Assert.Equal(0, (await RunAsync("topic", "create", "cmd-dry", "--dry")).Code);
        Assert.Equal("[]\n", (await RunAsync("topic", "list", "cmd-dry", "--format", "json")).Output);
    }

    [Fact]
    public async Task Groups_are_listed_and_an_unknown_one_is_refused()
    {
        Assert.Equal(0, (await RunAsync("group", "list")).Code);
        var e = await Assert.ThrowsAsync<CommandException>(() => RunAsync("group", "describe", "cmd-no-such-group"));
        Assert.StartsWith("GROUP_ID_NOT_FOUND: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_broker_is_named()
    {
        var e = await Assert.ThrowsAsync<CommandException>(() => RunWithAsync("127.0.0.1:1", "topic", "list"));
        Assert.Contains("127.0.0.1:1", e.Message, StringComparison.Ordinal);
        Assert.Contains("-X brokers=", e.Message, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output)> RunAsync(params string[] arguments) => RunWithAsync(node.Host.Addresses.Kafka.ToString(), arguments);

    private static async Task<(int Code, string Output)> RunWithAsync(string brokers, params string[] arguments)
    {
        var root = new RootCommand();
        foreach (Command command in GatewayCommands.Create("test", _ => [])) root.Add(command);
        using var output = new StringWriter { NewLine = "\n" };
        var configuration = new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false };
        int code = await root.Parse([.. arguments, "-X", "brokers=" + brokers]).InvokeAsync(configuration);
        return (code, output.ToString());
    }

    // Column widths follow the content; what counts here is the words.
    private sealed class Loose : IEqualityComparer<(int Code, string Output)>
    {
        public bool Equals((int Code, string Output) x, (int Code, string Output) y) => x.Code == y.Code && Words(x.Output).SequenceEqual(Words(y.Output));

        public int GetHashCode((int Code, string Output) obj) => obj.Code;

        private static string[] Words(string text) => text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }
}
