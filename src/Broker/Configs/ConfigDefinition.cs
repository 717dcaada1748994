namespace Gateway.Broker.Configs;

/// <summary>One config: its name, type, default, what values it takes and what it means. Immutable.</summary>
/// <param name="Name">Kafka's name, dotted.</param>
/// <param name="Type">The type reported to clients.</param>
/// <param name="Default">The value when nobody sets it; null is a legal default of some broker configs.</param>
/// <param name="Documentation">One or two sentences for people, shown by DescribeConfigs v3+.</param>
public sealed record ConfigDefinition(string Name, ConfigType Type, string? Default, string Documentation)
{
    /// <summary>Says what is wrong with a value of the right type; null when nothing is.</summary>
    public Func<string, string?> Constraint { get; init; } = static _ => null;

    /// <summary>Of a topic config: the broker configs that supply its default, the strongest first.</summary>
    public IReadOnlyList<ConfigSynonym> Synonyms { get; init; } = [];

    /// <summary>Of a broker config: may it be altered while the broker runs?</summary>
    public bool IsDynamic { get; init; }

    /// <summary>The longest value that is stored (CFG-2).</summary>
    public const int ValueCharactersMax = short.MaxValue;

    /// <summary>Says what is wrong with <paramref name="value"/>; null when it may be stored.</summary>
    public string? Problem(string value)
    {
        if (value.Length > ValueCharactersMax) return $"Value of {Name} is longer than {ValueCharactersMax} characters";
        if (!ConfigValues.HasType(value, Type)) return $"Value '{value}' of {Name} is not of type {Type.ToString().ToUpperInvariant()}";
        string? problem = Constraint(value);
        return problem is null ? null : $"Value '{value}' of {Name}: {problem}";
    }
}

/// <summary>A broker config that supplies a topic config's default, with the unit it is written in.</summary>
/// <param name="Name">The broker config's name.</param>
/// <param name="Multiplier">What one unit of it is in the topic config's unit: hours to milliseconds is 3,600,000.</param>
public readonly record struct ConfigSynonym(string Name, long Multiplier = 1)
{
    /// <summary>The broker config's value in the topic config's unit; negative numbers mean "off" in every unit.</summary>
    public string Convert(string value) =>
        Multiplier == 1 || !long.TryParse(value, out long number) || number < 0 ? value
        : ConfigValues.Text(number > long.MaxValue / Multiplier ? long.MaxValue : number * Multiplier);
}
