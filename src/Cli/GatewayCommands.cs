using System.CommandLine;
using Gateway.Cli.Connections;
using Gateway.Cli.Groups;
using Gateway.Cli.Registry.Commands;
using Gateway.Cli.Topics;

namespace Gateway.Cli;

/// <summary>The client commands: everything but <c>start</c>.</summary>
public static class GatewayCommands
{
    /// <summary>All of them.</summary>
    /// <param name="version">What <c>gateway version</c> prints.</param>
    /// <param name="registryCommands">Commands of <c>gateway registry</c> that need more than this room may use.</param>
    public static IEnumerable<Command> Create(string version, Func<ClientOptionSet, IEnumerable<Command>> registryCommands)
    {
        ArgumentNullException.ThrowIfNull(registryCommands);
        var options = new ClientOptionSet();
        Command registry = RegistryCommands.Create(options);
        foreach (Command command in registryCommands(options)) registry.Add(command);
        Command[] clientCommands = [TopicCommands.Create(options), GroupCommands.Create(options), registry];
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
