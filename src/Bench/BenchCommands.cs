using System.CommandLine;
using Gateway.Bench.Commands;
using Gateway.Cli.Connections;

namespace Gateway.Bench;

/// <summary><c>gateway bench</c>: load for any Kafka broker, schema registry or HTTP proxy, and the limits of the machine beside it.</summary>
public static class BenchCommands
{
    /// <summary>The command with all below it.</summary>
    public static Command Create()
    {
        var client = new ClientOptionSet();
        var load = new LoadOptions(client);
        var command = new Command("bench", """
            Measure a Kafka broker, a schema registry or an HTTP proxy: ours or anybody's.

            Example:
              gateway bench produce --rate 10000 --batch-records 10
            """)
        {
            ProduceBench.Create(load),
            ConsumeBench.Create(load),
            EndToEndBench.Create(load),
            HttpBenches.Produce(load),
            HttpBenches.Consume(load),
            HttpBenches.Registry(load),
            LimitsBench.Create(client),
            NullBrokerCommand.Create(),
            NullHttpCommand.Create(),
        };
        client.AddTo(command);
        return command;
    }
}
