using System.Globalization;

namespace Gateway.Broker.Configs;

/// <summary>Config values are text on the wire and in the metadata log; this is how the text is read.</summary>
public static class ConfigValues
{
    /// <summary>True when <paramref name="value"/> can be read as <paramref name="type"/>.</summary>
    public static bool HasType(string value, ConfigType type) => type switch
    {
        ConfigType.Boolean => IsBoolean(value),
        ConfigType.Int => int.TryParse(value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        ConfigType.Short => short.TryParse(value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        ConfigType.Long => long.TryParse(value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        ConfigType.Double => double.TryParse(value.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number),
        _ => true,
    };

    /// <summary>Reads a boolean that <see cref="HasType"/> let through.</summary>
    public static bool Boolean(string value) => value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an int that <see cref="HasType"/> let through.</summary>
    public static int Int(string value) => int.Parse(value.Trim(), CultureInfo.InvariantCulture);

    /// <summary>Reads a long that <see cref="HasType"/> let through.</summary>
    public static long Long(string value) => long.Parse(value.Trim(), CultureInfo.InvariantCulture);

    /// <summary>Reads a double that <see cref="HasType"/> let through.</summary>
    public static double Double(string value) => double.Parse(value.Trim(), CultureInfo.InvariantCulture);

    /// <summary>The words of a list; empty text is the empty list.</summary>
    public static IReadOnlyList<string> List(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A number as stored.</summary>
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A constraint: a number of at least <paramref name="min"/>.</summary>
    public static Func<string, string?> AtLeast(long min) =>
        value => Long(value) < min ? $"must be at least {Text(min)}" : null;

    /// <summary>A constraint: a number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static Func<string, string?> Between(long min, long max) =>
        value => Long(value) < min || Long(value) > max ? $"must be from {Text(min)} to {Text(max)}" : null;

    /// <summary>A constraint: a fraction from 0 to 1.</summary>
    public static Func<string, string?> Fraction() => value => Double(value) is < 0 or > 1 ? "must be from 0 to 1" : null;

    /// <summary>A constraint: one of these words.</summary>
    public static Func<string, string?> OneOf(params string[] words) =>
        value => words.Contains(value, StringComparer.Ordinal) ? null : $"must be one of {string.Join(", ", words)}";

    /// <summary>A constraint on a list: only these words.</summary>
    public static Func<string, string?> EachOneOf(params string[] words) =>
        value => List(value).All(words.Contains) ? null : $"may only hold {string.Join(", ", words)}";

    private static bool IsBoolean(string value) =>
        value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase) || value.Trim().Equals("false", StringComparison.OrdinalIgnoreCase);
}
