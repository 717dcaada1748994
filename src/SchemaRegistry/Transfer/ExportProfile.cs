namespace Gateway.SchemaRegistry.Transfer;

/// <summary>Which registry an export is written for; they differ in what their readers stand.</summary>
public enum ExportProfile
{
    /// <summary>Confluent's from version 8 on: everything but associations, whose records end the reader of the early ones.</summary>
    Confluent8,

    /// <summary>Confluent's up to version 7.9: Avro goes without its name.</summary>
    Confluent7,

    /// <summary>Redpanda's, whose reader refuses members it does not know: schemas, levels and modes only.</summary>
    Redpanda,

    /// <summary>Confluent's from version 8.2 on, and this one: everything.</summary>
    Confluent82,
}

/// <summary>Names of the profiles.</summary>
public static class ExportProfiles
{
    /// <summary>What an option may say, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["confluent-8", "confluent-7", "redpanda-import", "confluent-8.2"];

    /// <summary>The profile of that name, or null.</summary>
    public static ExportProfile? Parse(string name)
    {
        for (var i = 0; i < Names.Count; i++)
            if (Names[i] == name) return (ExportProfile)i;
        return null;
    }
}
