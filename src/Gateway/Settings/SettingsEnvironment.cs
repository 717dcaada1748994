using System.Text.RegularExpressions;

namespace Gateway.Settings;

/// <summary>Reads settings from environment variables named <c>GATEWAY_…</c>.</summary>
public static partial class SettingsEnvironment
{
    // Read by the client commands, not by `start`.
    private static readonly string[] ClientVariables = ["GATEWAY_BROKERS", "GATEWAY_REGISTRY_HOSTS", "GATEWAY_FORMAT"];

    /// <summary>Picks the known settings out of the environment and reports <c>GATEWAY_</c> names nobody knows.</summary>
    /// <param name="environment">All variables of the process.</param>
    /// <param name="roomSettingNames">Names the broker and the proxy understand.</param>
    /// <param name="problems">Receives unknown names.</param>
    public static Dictionary<string, SettingValue> Read(
        IEnumerable<KeyValuePair<string, string>> environment, IEnumerable<string> roomSettingNames, List<string> problems)
    {
        var names = SettingCatalog.All.Where(s => s.HasEnvironment).Select(s => s.Name).Concat(roomSettingNames)
            .ToDictionary(SettingDefinition.EnvironmentVariableOf, name => name, StringComparer.Ordinal);
        var values = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        foreach ((string variable, string value) in environment.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith("GATEWAY_", StringComparison.Ordinal)) continue;
            if (names.TryGetValue(variable, out string? name))
                values[name] = new SettingValue(value, $"environment variable {variable}");
            else if (!ClientVariables.Contains(variable) && !OrchestratorVariable().IsMatch(variable))
                problems.Add($"environment variable {variable}: no setting has this name; remove it or see 'gateway start --help'");
        }
        return values;
    }

    // Kubernetes injects these for every service whose name starts with "gateway"; they are not meant for us.
    [GeneratedRegex(@"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$")]
    private static partial Regex OrchestratorVariable();
}
