using System.Globalization;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>A version as written in a path: a number from 1 on, or the latest.</summary>
internal readonly record struct VersionNumber(int Number)
{
    public bool IsLatest => Number == -1;

    public static Outcome<VersionNumber> Parse(string written)
    {
        if (string.Equals(written, "latest", StringComparison.OrdinalIgnoreCase) || written == "-1") return new VersionNumber(-1);
        return int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1
            ? new VersionNumber(number)
            : RegistryFault.InvalidVersion(written);
    }
}
