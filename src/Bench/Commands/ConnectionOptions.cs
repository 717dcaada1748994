using System.CommandLine;
using Gateway.Cli;

namespace Gateway.Bench.Commands;

/// <summary>How many connections, and how much each may have in flight.</summary>
internal sealed class ConnectionOptions(int connections, int window)
{
    private const int MaxConnections = 4096, MaxWindow = 4096;
    private readonly Option<int> _connections = new("-c", "--connections") { Description = "How many connections.", HelpName = "N", DefaultValueFactory = _ => connections };
    private readonly Option<int> _window = new("--in-flight") { Description = "Requests in flight on each connection.", HelpName = "N", DefaultValueFactory = _ => window };

    /// <summary>Adds them to a command; HTTP and consumers have one request in flight.</summary>
    public void AddTo(Command command, bool windowed)
    {
        command.Add(_connections);
        if (windowed) command.Add(_window);
    }

    /// <summary>How many connections.</summary>
    public int ConnectionsOf(ParseResult parsed) => Within(parsed.GetValue(_connections), MaxConnections, "--connections");

    /// <summary>How many requests in flight on each.</summary>
    public int WindowOf(ParseResult parsed) => Within(parsed.GetValue(_window), MaxWindow, "--in-flight");

    private static int Within(int value, int most, string option) =>
        value >= 1 && value <= most ? value : throw new CommandException($"{option}: {value} is not between 1 and {most}");
}
