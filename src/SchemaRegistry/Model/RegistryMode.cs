namespace Gateway.SchemaRegistry.Model;

/// <summary>What may be done with a subject, a context or the whole registry.</summary>
internal enum RegistryMode
{
    ReadWrite,
    ReadOnly,
    ReadOnlyOverride,
    Import,
    Forward,
}

internal static class RegistryModes
{
    private static readonly string[] Names = ["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT", "FORWARD"];

    public static string NameOf(RegistryMode mode) => Names[(int)mode];

    public static RegistryMode? Parse(string? name)
    {
        for (var i = 0; i < Names.Length; i++)
            if (string.Equals(Names[i], name, StringComparison.OrdinalIgnoreCase)) return (RegistryMode)i;
        return null;
    }

    public static bool IsReadOnly(RegistryMode mode) => mode is RegistryMode.ReadOnly or RegistryMode.ReadOnlyOverride;

    /// <summary>Whether schemas come with their ids from elsewhere.</summary>
    public static bool TakesIds(RegistryMode mode) => mode is RegistryMode.Import or RegistryMode.Forward;
}
