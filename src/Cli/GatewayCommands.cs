using System.CommandLine;
using Gateway.Cli.Connections;
using Gateway.Cli.Groups;
using Gateway.Cli.Topics;

namespace Gateway.Cli;

/// <summary>The client commands: everything but <c>start</c>.</summary>
public static class GatewayCommands
{
    /// <summary>All of them.</summary>
    /// <param name="version">What <c>gateway version</c> prints.</param>
    public static IEnumerable<Command> Create(string version)
    {
        var options = new ClientOptionSet();
        Command[] clientCommands = [TopicCommands.Create(options), GroupCommands.Create(options)];
        foreach (Command command in clientCommands)
        {
            options.AddTo(command);
            yield return command;
        }
        yield return VersionCommand(version);
    }

    private static Command VersionCommand(string version)
    {
        var command = new Command("version", "Print the version of this executable.\n\nExample:\n  gateway version");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(version));
        return command;
    }
}
