using System.CommandLine;
using System.Net;
using Gateway.Bench.NullHttp;
using Gateway.Cli;

namespace Gateway.Bench.Commands;

/// <summary><c>gateway bench null-http</c>.</summary>
internal static class NullHttpCommand
{
    public static Command Create()
    {
        var command = new Command("null-http", """
            Run a bare web server that parses produce requests as the proxy does and stores nothing, and tells schemas as the registry does:
            the ceiling for a given HTTP client. Topics are made over a Kafka port, which a null broker can be.

            Example:
              gateway bench null-broker --address 127.0.0.1:9095 &
              gateway bench null-http --address 127.0.0.1:8095 --sync /var/lib/gateway &
              gateway bench http-produce --url http://127.0.0.1:8095 -X brokers=127.0.0.1:9095
            """);
        var address = new Option<string>("--address") { Description = "Where to listen; port 0 takes a free one.", HelpName = "IP:PORT", DefaultValueFactory = _ => "127.0.0.1:8095" };
        var sync = new Option<string?>("--sync") { Description = "Answer a produce request when its bytes are in a file of this directory and synced, together with others that wait.", HelpName = "DIR" };
        var write = new Option<string?>("--write") { Description = "Answer a produce request when its bytes are written to a file of this directory, which grows to 8 GB; syncing is left to the system.", HelpName = "DIR" };
        command.Add(address);
        command.Add(sync);
        command.Add(write);
        command.Validators.Add(static result =>
        {
            if (result.GetResult("--sync") is not null && result.GetResult("--write") is not null) result.AddError("--sync and --write: one of them at a time");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            string text = parsed.GetValue(address)!;
            if (!IPEndPoint.TryParse(text, out IPEndPoint? endPoint) || !text.Contains(':', StringComparison.Ordinal)) throw new CommandException($"--address: '{text}' is not of the form ip:port");
            try
            {
                await using NullHttpServer server = await NullHttpServer.StartAsync(endPoint, JournalOf(parsed.GetValue(sync), parsed.GetValue(write)));
                await parsed.InvocationConfiguration.Output.WriteLineAsync($"READY null HTTP server on {server.Address}");
                await server.WaitForEndAsync(cancel);
            }
            catch (IOException e)
            {
                throw new CommandException($"--address: cannot listen on {text}: {e.Message}", e);
            }
            return 0;
        });
        return command;
    }

    private static IJournal? JournalOf(string? sync, string? write)
    {
        if ((sync ?? write) is not { } directory) return null;
        string path = Path.Combine(directory, $"gateway-bench-{Guid.NewGuid():N}.journal");
        try
        {
            return sync is null ? new GrowingFile(path) : new GroupCommitFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{(sync is null ? "--write" : "--sync")}: {directory} cannot be written: {e.Message}", e);
        }
    }
}
