using System.CommandLine;

namespace Gateway.Cli;

/// <summary>The client commands: everything but <c>start</c>.</summary>
public static class GatewayCommands
{
    /// <summary>All of them.</summary>
    /// <param name="version">What <c>gateway version</c> prints.</param>
    public static IEnumerable<Command> Create(string version)
    {
        yield return VersionCommand(version);
    }

    private static Command VersionCommand(string version)
    {
        var command = new Command("version", "Print the version of this executable.\n\nExample:\n  gateway version");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(version));
        return command;
    }
}
