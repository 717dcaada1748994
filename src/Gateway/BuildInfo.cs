using System.Reflection;

namespace Gateway;

/// <summary>What this build is called.</summary>
public static class BuildInfo
{
    /// <summary>The version, without build metadata.</summary>
    public static string Version { get; } =
        typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
