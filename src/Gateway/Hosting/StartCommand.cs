using System.Collections;
using System.CommandLine;
using Gateway.Common.Settings;
using Gateway.HttpProxy;
using Gateway.Logging;
using Gateway.SchemaRegistry;
using Gateway.Settings;
using Microsoft.Extensions.Logging;

namespace Gateway.Hosting;

/// <summary><c>gateway start</c>: reads the settings, opens the doors, says READY, and stops cleanly when asked to.</summary>
public static class StartCommand
{
    private const int Done = 0, Failed = 1, WrongSettings = 2;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("start", """
            Start a node: Kafka broker, schema registry and HTTP proxy in this process.

            Settings: flag > environment variable GATEWAY_... > settings file > default. Broker settings have Kafka's
            own names (num.partitions, or GATEWAY_NUM_PARTITIONS). When every door answers, one line starting with READY
            goes to standard output; logs go to standard error.

            Example:
              gateway start --data-dir /var/lib/gateway --kafka-addr 0.0.0.0:9092 --advertise-kafka-addr broker1:9092
            """);
        var config = new Option<string?>("--config") { Description = "Settings file (YAML, one 'name: value' per line).", HelpName = "FILE" };
        var assignments = new Option<string[]>("--set") { Description = "A setting of the broker by Kafka's name, of the registry or of the proxy; may be repeated.", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
        var flags = SettingCatalog.All.ToDictionary(setting => setting, OptionOf);
        command.Add(config);
        foreach (Option<string?> flag in flags.Values) command.Add(flag);
        command.Add(assignments);
        command.SetAction((parsed, cancel) =>
        {
            var given = flags.Where(f => parsed.GetResult(f.Value) is not null).Select(f => KeyValuePair.Create(f.Key.Name, parsed.GetValue(f.Value) ?? ""));
            return RunAsync(parsed.GetValue(config), [.. given], parsed.GetValue(assignments)!, cancel);
        });
        return command;
    }

    private static Dictionary<string, Func<string, string?>> ChecksOf<TOptions>(IEnumerable<OptionSetting<TOptions>> settings) =>
        settings.ToDictionary(static setting => setting.Name, static setting => setting.Problem, StringComparer.Ordinal);

    private static Option<string?> OptionOf(SettingDefinition setting) => new(setting.Flag)
    {
        Description = setting.Default is null ? setting.Description : $"{setting.Description} Default: {setting.Default}",
        HelpName = setting.Placeholder,
    };

    private static async Task<int> RunAsync(string? config, IReadOnlyList<KeyValuePair<string, string>> flags, string[] assignments, CancellationToken cancel)
    {
        GatewaySettings settings;
        try
        {
            var reader = new SettingsReader(BrokerSettingChecks.All, ChecksOf(RegistrySettings.All), ChecksOf(ProxySettings.All));
            if (config is not null) reader.AddFile(config);
            settings = reader.AddEnvironment(EnvironmentVariables()).AddFlags(flags).AddAssignments(assignments).Read();
        }
        catch (SettingsException e)
        {
            foreach (string problem in e.Problems) await Console.Error.WriteLineAsync($"gateway start: {problem}");
            return WrongSettings;
        }
        using var loggers = new LoggerFactory(
            [new StderrLoggerProvider(Console.Error, TimeProvider.System)], new LoggerFilterOptions { MinLevel = settings.LogLevel, Rules = { QuietFramework, NoRequestScopes } });
        ILogger log = loggers.CreateLogger("Gateway");
        using var shutdown = new ShutdownSignal();
        try
        {
            await using GatewayHost host = await GatewayHost.StartAsync(settings, loggers, cancel);
            StartLeftovers.GiveBack();
            await Console.Out.WriteLineAsync(host.Addresses.ReadyLine);
            await Console.Out.FlushAsync(CancellationToken.None);
            await shutdown.Asked;
            HostEvents.Stopping(log);
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync($"gateway start: {e.Message}");
            return Failed;
        }
        HostEvents.Stopped(log);
        return Done;
    }

    // The web framework's own lines say nothing an operator can act on.
    private static LoggerFilterRule QuietFramework { get; } = new(null, "Microsoft", LogLevel.Warning, null);

    // As long as anybody listens, the framework makes a scope and an activity for each request, which no line of ours shows.
    private static LoggerFilterRule NoRequestScopes { get; } = new(null, "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None, null);

    private static IEnumerable<KeyValuePair<string, string>> EnvironmentVariables()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            yield return KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? "");
    }
}
