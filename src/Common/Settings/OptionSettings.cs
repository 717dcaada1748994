using System.Globalization;

namespace Gateway.Common.Settings;

/// <summary>How numbers, times, flags and words among a room's options are written and checked.</summary>
/// <typeparam name="TOptions">The room's options.</typeparam>
/// <param name="prefix">What every name begins with.</param>
/// <param name="defaults">The options when nobody sets any.</param>
public sealed class OptionSettings<TOptions>(string prefix, TOptions defaults)
{
    /// <summary>The options that values without a problem come to.</summary>
    /// <param name="settings">The settings there are.</param>
    /// <param name="values">Values by name.</param>
    /// <exception cref="KeyNotFoundException">No setting has that name.</exception>
    public TOptions Read(IEnumerable<OptionSetting<TOptions>> settings, IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(values);
        var byName = settings.ToDictionary(static setting => setting.Name, StringComparer.Ordinal);
        return values.Aggregate(defaults, (options, value) => byName[value.Key].Apply(options, value.Value));
    }

    /// <summary>A whole number.</summary>
    public OptionSetting<TOptions> Number(
        string name, string description, long min, long max, Func<TOptions, long> get, Func<TOptions, long, TOptions> set)
    {
        ArgumentNullException.ThrowIfNull(get);
        return new OptionSetting<TOptions>(
            prefix + name, get(defaults).ToString(CultureInfo.InvariantCulture), description,
            text => long.TryParse(text, min < 0 ? NumberStyles.AllowLeadingSign : NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max
                ? null
                : $"{prefix}{name} must be a number from {min} to {max}, not '{text}'",
            (options, text) => set(options, long.Parse(text, CultureInfo.InvariantCulture)));
    }

    /// <summary>A time in milliseconds.</summary>
    public OptionSetting<TOptions> Time(string name, string description, Func<TOptions, TimeSpan> get, Func<TOptions, TimeSpan, TOptions> set) =>
        Number(name, description, 1, int.MaxValue, options => (long)get(options).TotalMilliseconds, (options, number) => set(options, TimeSpan.FromMilliseconds(number)));

    /// <summary>True or false.</summary>
    public OptionSetting<TOptions> Flag(string name, string description, Func<TOptions, bool> get, Func<TOptions, bool, TOptions> set)
    {
        ArgumentNullException.ThrowIfNull(get);
        return new OptionSetting<TOptions>(
            prefix + name, get(defaults) ? "true" : "false", description,
            text => text is "true" or "false" ? null : $"{prefix}{name} must be true or false, not '{text}'",
            (options, text) => set(options, text == "true"));
    }

    /// <summary>Text of a certain kind.</summary>
    /// <param name="name">The name behind the prefix.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="kind">What it must be, in words.</param>
    /// <param name="isGood">Whether it is.</param>
    /// <param name="get">The option as text.</param>
    /// <param name="set">Sets the option.</param>
    public OptionSetting<TOptions> Text(
        string name, string description, string kind, Func<string, bool> isGood, Func<TOptions, string> get, Func<TOptions, string, TOptions> set)
    {
        ArgumentNullException.ThrowIfNull(get);
        return new OptionSetting<TOptions>(
            prefix + name, get(defaults), description, text => isGood(text) ? null : $"{prefix}{name} must be {kind}, not '{text}'", set);
    }
}
