using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gateway.Bench.NullBroker;
using Gateway.Cli;

namespace Gateway.Bench.Commands;

/// <summary><c>gateway bench null-broker</c>.</summary>
internal static class NullBrokerCommand
{
    public static Command Create()
    {
        var command = new Command("null-broker", """
            Run a broker that parses and checks what producers send as the real one does and stores nothing: the ceiling for a given client.

            Example:
              gateway bench null-broker --address 127.0.0.1:9095 &
              gateway bench produce -X brokers=127.0.0.1:9095
            """);
        var address = new Option<string>("--address") { Description = "Where to listen; port 0 takes a free one.", HelpName = "IP:PORT", DefaultValueFactory = _ => "127.0.0.1:9095" };
        var shards = new Option<int>("--shards") { Description = "How many shards. Default: one to a core.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
        var partitions = new Option<int>("--partitions") { Description = "Partitions of topics nobody created.", HelpName = "N", DefaultValueFactory = _ => 1 };
        command.Add(address);
        command.Add(shards);
        command.Add(partitions);
        command.SetAction(async (parsed, cancel) =>
        {
            string text = parsed.GetValue(address)!;
            if (!IPEndPoint.TryParse(text, out IPEndPoint? endPoint) || !text.Contains(':', StringComparison.Ordinal)) throw new CommandException($"--address: '{text}' is not of the form ip:port");
            if (parsed.GetValue(shards) is < 1 or > 1024) throw new CommandException($"--shards: {parsed.GetValue(shards)} is not between 1 and 1024");
            if (parsed.GetValue(partitions) < 1) throw new CommandException($"--partitions: {parsed.GetValue(partitions)} is too few; use 1 or more");
            try
            {
                await using NullKafkaBroker broker = NullKafkaBroker.Start(endPoint, parsed.GetValue(shards), parsed.GetValue(partitions));
                await parsed.InvocationConfiguration.Output.WriteLineAsync($"READY null broker on {broker.Address}");
                await EndAsync(cancel);
            }
            catch (SocketException e)
            {
                throw new CommandException($"--address: cannot listen on {text}: {e.Message}", e);
            }
            return 0;
        });
        return command;
    }

    // Without this SIGTERM would end the process by the signal, as if it had failed; Ctrl-C cancels.
    private static async Task EndAsync(CancellationToken cancel)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = ended.TrySetResult());
        await using CancellationTokenRegistration cancelled = cancel.Register(() => ended.TrySetResult());
        await ended.Task;
    }
}
