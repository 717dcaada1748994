using System.CommandLine;
using Gateway.Cli.Connections;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry …</c>: any schema registry that speaks Confluent's contract.</summary>
internal static class RegistryCommands
{
    public static Command Create(ClientOptionSet options)
    {
        var registry = new RegistryOptionSet(options);
        var command = new Command("registry", "Look at and change schemas, their rules and their contexts.")
        {
            new Command("schema", "Register, look at, compare and delete schemas.")
            {
                SchemaCreate.Create(registry),
                SchemaGet.Create(registry),
                SchemaList.Create(registry),
                SchemaDelete.Create(registry),
                SchemaCheckCompatibility.Create(registry),
                SchemaReferences.Create(registry),
            },
            SubjectCommands.Create(registry),
            CompatibilityLevelCommands.Create(registry),
            ModeCommands.Create(registry),
            ContextCommands.Create(registry),
        };
        command.Aliases.Add("sr");
        registry.AddTo(command);
        return command;
    }
}
