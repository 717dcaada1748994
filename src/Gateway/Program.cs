using System.CommandLine;
using Gateway;
using Gateway.Cli;
using Gateway.Hosting;

var root = new RootCommand("A Kafka-compatible broker, a schema registry and an HTTP proxy in one process.") { StartCommand.Create() };
foreach (Command command in GatewayCommands.Create(BuildInfo.Version)) root.Add(command);
return await CommandLineRunner.RunAsync(root, args);
