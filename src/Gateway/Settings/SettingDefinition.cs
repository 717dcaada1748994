namespace Gateway.Settings;

/// <summary>One setting of the process itself (broker settings keep Kafka's names and are the broker's to define).</summary>
/// <param name="Name">As written in the settings file; the flag is <c>--name</c>.</param>
/// <param name="Placeholder">What the help shows for the value, for example <c>H:P</c>.</param>
/// <param name="Default">The value in effect when nobody sets one; null when absence itself means something.</param>
/// <param name="Description">One sentence for the help text.</param>
/// <param name="HasEnvironment">False for a setting whose environment name already means something else to the client commands.</param>
public sealed record SettingDefinition(string Name, string Placeholder, string? Default, string Description, bool HasEnvironment = true)
{
    /// <summary>The flag that sets it.</summary>
    public string Flag => "--" + Name;

    /// <summary>The environment variable that sets it.</summary>
    public string EnvironmentVariable => EnvironmentVariableOf(Name);

    /// <summary>How any setting's name is written as an environment variable: <c>num.partitions</c> is <c>GATEWAY_NUM_PARTITIONS</c>.</summary>
    public static string EnvironmentVariableOf(string name) =>
        "GATEWAY_" + name.Replace('.', '_').Replace('-', '_').ToUpperInvariant();
}
