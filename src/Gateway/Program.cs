using System.CommandLine;
using Gateway;
using Gateway.Bench;
using Gateway.Cli;
using Gateway.Hosting;
using Gateway.Registry;

var root = new RootCommand("A Kafka-compatible broker, a schema registry and an HTTP proxy in one process.") { StartCommand.Create() };
// Building the others would only make the server start later.
if (args is not ["start", ..])
{
    foreach (Command command in GatewayCommands.Create(BuildInfo.Version, RegistryTransferCommands.Create)) root.Add(command);
    root.Add(BenchCommands.Create());
}
return await CommandLineRunner.RunAsync(root, args);
