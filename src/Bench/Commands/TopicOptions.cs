using System.CommandLine;
using Gateway.Bench.Kafka;
using Gateway.Cli;
using Gateway.Client;

namespace Gateway.Bench.Commands;

/// <summary>Which topic a run uses.</summary>
internal sealed class TopicOptions
{
    private readonly Option<string?> _topic = new("--topic") { Description = "A topic that exists. Default: one made for the run and deleted after it.", HelpName = "NAME" };
    private readonly Option<int> _partitions = new("--partitions") { Description = "Partitions of the topic made for the run.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<short> _replicas = new("--replicas") { Description = "Replicas of each partition; -1 for the cluster's default.", HelpName = "N", DefaultValueFactory = _ => -1 };
    private readonly Option<string[]> _configs = new("--topic-config") { Description = "A setting of the topic made for the run; may be repeated.", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _topic, _partitions, _replicas, _configs }) command.Add(option);
    }

    /// <summary>The topic named; null for one made for the run.</summary>
    public string? NameOf(ParseResult parsed) => parsed.GetValue(_topic);

    /// <summary>Opens the topic asked for.</summary>
    /// <exception cref="CommandException">An option makes no sense, or not with a topic that exists.</exception>
    public Task<BenchTopic> OpenAsync(ParseResult parsed, KafkaClient client, CancellationToken cancel)
    {
        int partitions = parsed.GetValue(_partitions);
        if (partitions < 1) throw new CommandException($"--partitions: {partitions} is too few; use 1 or more");
        if (NameOf(parsed) is { } name)
        {
            foreach (Option option in new Option[] { _partitions, _replicas, _configs })
            {
                if (parsed.GetResult(option) is { Implicit: false })
                    throw new CommandException($"{option.Name}: topic '{name}' stays as it is; leave {option.Name} out, or --topic for a topic made for the run");
            }
        }
        var configs = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (string setting in parsed.GetValue(_configs)!)
        {
            string[] parts = setting.Split('=', 2);
            if (parts.Length != 2) throw new CommandException($"--topic-config: '{setting}' is not of the form name=value");
            configs[parts[0]] = parts[1];
        }
        return BenchTopic.OpenAsync(client, NameOf(parsed), partitions, parsed.GetValue(_replicas), configs, cancel);
    }
}
