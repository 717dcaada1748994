using System.CommandLine;
using Gateway;
using Gateway.Bench;
using Gateway.Cli;
using Gateway.Hosting;

var root = new RootCommand("A Kafka-compatible broker, a schema registry and an HTTP proxy in one process.") { StartCommand.Create() };
// Building the others would only make the server start later.
if (args is not ["start", ..])
{
    foreach (Command command in GatewayCommands.Create(BuildInfo.Version)) root.Add(command);
    root.Add(BenchCommands.Create());
}
return await CommandLineRunner.RunAsync(root, args);
