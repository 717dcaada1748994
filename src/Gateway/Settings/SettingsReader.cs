using System.Globalization;
using Gateway.Common.Ids;
using Microsoft.Extensions.Logging;

namespace Gateway.Settings;

/// <summary>Turns the layers (flag over environment over file) into checked settings, or into a list of everything that is wrong.</summary>
public sealed class SettingsReader
{
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, SettingValue> _values = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, Func<string, string?>> _brokerSettings;
    private readonly IReadOnlyDictionary<string, Func<string, string?>> _registrySettings;
    private readonly IReadOnlyDictionary<string, Func<string, string?>> _proxySettings;

    /// <summary>Starts with nothing but the defaults.</summary>
    /// <param name="brokerSettings">Kafka's names the broker understands, each with a check that says what is wrong with a value, or null.</param>
    /// <param name="registrySettings">The same of the schema registry.</param>
    /// <param name="proxySettings">The same of the HTTP proxy.</param>
    public SettingsReader(
        IReadOnlyDictionary<string, Func<string, string?>> brokerSettings,
        IReadOnlyDictionary<string, Func<string, string?>> registrySettings,
        IReadOnlyDictionary<string, Func<string, string?>> proxySettings) =>
        (_brokerSettings, _registrySettings, _proxySettings) = (brokerSettings, registrySettings, proxySettings);

    private IEnumerable<string> RoomSettings => _brokerSettings.Keys.Concat(_registrySettings.Keys).Concat(_proxySettings.Keys);

    /// <summary>Adds a settings file: the weakest layer, so it comes first.</summary>
    public SettingsReader AddFile(string path) => Add(SettingsFile.Read(path, _problems));

    /// <summary>Adds the environment.</summary>
    public SettingsReader AddEnvironment(IEnumerable<KeyValuePair<string, string>> environment) =>
        Add(SettingsEnvironment.Read(environment, RoomSettings, _problems));

    /// <summary>Adds flags: the strongest layer, so it comes last.</summary>
    /// <param name="flags">Values by setting name, for those flags that were given.</param>
    public SettingsReader AddFlags(IEnumerable<KeyValuePair<string, string>> flags) =>
        Add(flags.Select(f => KeyValuePair.Create(f.Key, new SettingValue(f.Value, $"flag --{f.Key}"))));

    /// <summary>Adds <c>--set name=value</c> pairs: settings of broker, registry and proxy given as flags.</summary>
    public SettingsReader AddAssignments(IEnumerable<string> assignments)
    {
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=');
            if (equals <= 0) _problems.Add($"flag --set: '{assignment}' is not of the form name=value");
            else _values[assignment[..equals]] = new SettingValue(assignment[(equals + 1)..], "flag --set");
        }
        return this;
    }

    /// <summary>The settings in effect.</summary>
    /// <exception cref="SettingsException">A value cannot be used or a name is unknown.</exception>
    public GatewaySettings Read()
    {
        var defaults = new GatewaySettings();
        var settings = new GatewaySettings
        {
            DataDirectory = Take(SettingCatalog.DataDirectory, text => text.Length > 0 ? text : null, "must name a directory") ?? defaults.DataDirectory,
            Shards = TakeValue(SettingCatalog.Shards, ParseShards, "must be a number from 1 to 256") ?? defaults.Shards,
            KafkaAddress = TakeAddress(SettingCatalog.KafkaAddress) ?? defaults.KafkaAddress,
            AdvertisedKafkaAddress = TakeAddress(SettingCatalog.AdvertisedKafkaAddress),
            SchemaRegistryAddress = TakeAddress(SettingCatalog.SchemaRegistryAddress) ?? defaults.SchemaRegistryAddress,
            HttpProxyAddress = TakeAddress(SettingCatalog.HttpProxyAddress) ?? defaults.HttpProxyAddress,
            AdminAddress = TakeAddress(SettingCatalog.AdminAddress) ?? defaults.AdminAddress,
            ExistingBrokers = Take(SettingCatalog.Brokers, ParseBrokers, "must be a list of host:port, separated by commas") ?? defaults.ExistingBrokers,
            LogLevel = TakeValue(SettingCatalog.LogLevel, ParseLogLevel, "must be error, warn, info, debug or trace") ?? defaults.LogLevel,
            BrokerSettings = TakeKnown(_brokerSettings),
            RegistrySettings = TakeKnown(_registrySettings),
            ProxySettings = TakeKnown(_proxySettings),
        };
        foreach ((string name, SettingValue value) in _values) _problems.Add($"{value.Origin}: no setting is called '{name}'{Suggestion(name)}");
        if (_problems.Count > 0) throw new SettingsException(_problems);
        return settings;
    }

    private SettingsReader Add(IEnumerable<KeyValuePair<string, SettingValue>> layer)
    {
        foreach ((string name, SettingValue value) in layer) _values[name] = value;
        return this;
    }

    private T? Take<T>(SettingDefinition setting, Func<string, T?> parse, string rule) where T : class
    {
        if (!_values.Remove(setting.Name, out SettingValue value)) return null;
        T? parsed = parse(value.Text);
        if (parsed is null) Complain(setting, value, rule);
        return parsed;
    }

    private T? TakeValue<T>(SettingDefinition setting, Func<string, T?> parse, string rule) where T : struct
    {
        if (!_values.Remove(setting.Name, out SettingValue value)) return null;
        T? parsed = parse(value.Text);
        if (parsed is null) Complain(setting, value, rule);
        return parsed;
    }

    private void Complain(SettingDefinition setting, SettingValue value, string rule) =>
        _problems.Add($"{value.Origin}: {setting.Name} {rule}, not '{value.Text}'");

    private HostAndPort? TakeAddress(SettingDefinition setting) => TakeValue<HostAndPort>(
        setting, text => HostAndPort.TryParse(text, out HostAndPort address) ? address : null, "must be host:port, for example 127.0.0.1:9092");

    private Dictionary<string, SettingValue> TakeKnown(IReadOnlyDictionary<string, Func<string, string?>> checks)
    {
        var known = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        foreach ((string name, SettingValue value) in _values)
        {
            if (!checks.TryGetValue(name, out Func<string, string?>? check)) continue;
            known[name] = value;
            _values.Remove(name);
            if (check(value.Text) is { } problem) _problems.Add($"{value.Origin}: {problem}");
        }
        return known;
    }

    private string Suggestion(string name)
    {
        // "kafka_addr" for "kafka-addr" and "num_partitions" for "num.partitions" are the slips people make.
        string variable = SettingDefinition.EnvironmentVariableOf(name);
        string? meant = SettingCatalog.All.Select(s => s.Name).Concat(RoomSettings)
            .FirstOrDefault(candidate => SettingDefinition.EnvironmentVariableOf(candidate) == variable);
        return meant is null ? "; 'gateway start --help' lists them" : $"; did you mean '{meant}'?";
    }

    private static int? ParseShards(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n is >= 1 and <= 256 ? n : null;

    private static List<HostAndPort>? ParseBrokers(string text)
    {
        var brokers = new List<HostAndPort>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!HostAndPort.TryParse(part, out HostAndPort broker) || broker.Port == 0) return null;
            brokers.Add(broker);
        }
        return brokers.Count > 0 ? brokers : null;
    }

    private static LogLevel? ParseLogLevel(string text) => text switch
    {
        "error" => LogLevel.Error,
        "warn" => LogLevel.Warning,
        "info" => LogLevel.Information,
        "debug" => LogLevel.Debug,
        "trace" => LogLevel.Trace,
        _ => null,
    };
}
