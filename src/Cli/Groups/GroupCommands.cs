using System.CommandLine;
using Gateway.Cli.Connections;

namespace Gateway.Cli.Groups;

/// <summary><c>gateway group …</c>.</summary>
internal static class GroupCommands
{
    public static Command Create(ClientOptionSet options) => new("group", "Look at consumer groups.")
    {
        GroupList.Create(options),
        GroupDescribe.Create(options),
    };
}
