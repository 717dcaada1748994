using System.CommandLine;
using Gateway.Bench.Commands;
using Gateway.Cli;
using Gateway.Cli.Connections;

namespace Gateway.Bench.Tests;

/// <summary>Options that make no sense together, or not with a command.</summary>
public sealed class OptionTests
{
    [Theory]
    [InlineData("--partitions", "5")]
    [InlineData("--replicas", "3")]
    [InlineData("--topic-config", "retention.ms=1")]
    public async Task What_shapes_a_new_topic_is_refused_for_one_that_exists(string option, string value)
    {
        var topics = new TopicOptions();
        var command = new Command("produce");
        topics.AddTo(command);
        ParseResult parsed = command.Parse(["--topic", "orders", option, value]);
        Assert.Empty(parsed.Errors);
        var refused = await Assert.ThrowsAsync<CommandException>(() => topics.OpenAsync(parsed, null!, default));
        Assert.StartsWith($"{option}: topic 'orders' stays as it is", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_has_no_rate()
    {
        var load = new LoadOptions(new ClientOptionSet());
        Assert.DoesNotContain(ConsumeBench.Create(load).Options, static o => o.Name == "--rate");
        Assert.Contains(ProduceBench.Create(load).Options, static o => o.Name == "--rate");
        Assert.NotEmpty(ConsumeBench.Create(load).Parse(["--rate", "5"]).Errors);
    }

    [Fact]
    public void A_bare_web_server_syncs_or_only_writes()
    {
        Command command = NullHttpCommand.Create();
        Assert.Empty(command.Parse(["--sync", "/tmp"]).Errors);
        Assert.Empty(command.Parse(["--write", "/tmp"]).Errors);
        Assert.Contains(command.Parse(["--sync", "/tmp", "--write", "/tmp"]).Errors, static error => error.Message.StartsWith("--sync and --write", StringComparison.Ordinal));
    }

    [Fact]
    public void A_command_without_a_rate_goes_as_fast_as_possible()
    {
        var client = new ClientOptionSet();
        var load = new LoadOptions(client);
        var command = new Command("consume");
        client.AddTo(command);
        load.AddTo(command, paced: false);
        Assert.Equal(0, load.SettingsOf(command.Parse([])).RecordsPerSecond);
    }
}
