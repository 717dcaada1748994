using Gateway.Broker.Configs;

namespace Gateway.Hosting;

/// <summary>The broker's settings as the settings reader needs them: names, each with a check of its value.</summary>
internal static class BrokerSettingChecks
{
    // What has a flag of its own, because the other doors or the data directory depend on it.
    private static readonly HashSet<string> Ours =
    [
        BrokerConfigs.Listeners, BrokerConfigs.AdvertisedListeners, BrokerConfigs.ListenerSecurityProtocolMap, BrokerConfigs.LogDirs, BrokerConfigs.BrokerId,
    ];

    /// <summary>Names and checks.</summary>
    public static IReadOnlyDictionary<string, Func<string, string?>> All { get; } = BrokerConfigs.All.Values
        .Where(config => !Ours.Contains(config.Name)).ToDictionary(config => config.Name, config => (Func<string, string?>)config.Problem, StringComparer.Ordinal);
}
