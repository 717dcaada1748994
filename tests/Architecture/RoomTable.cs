namespace Gateway.Architecture;

/// <summary>Which rooms a room may reference. The same table stands in ARCHITECTURE.md.</summary>
internal static class RoomTable
{
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>
    {
        ["Common"] = [],
        ["Protocol"] = ["Common"],
        ["Protocol.Generator"] = [],
        ["Links"] = ["Common", "Protocol"],
        ["Shards"] = ["Common"],
        ["Storage"] = ["Common"],
        ["Broker"] = ["Common", "Protocol", "Links", "Shards", "Storage"],
        ["Client"] = ["Common", "Protocol", "Links"],
        ["Schemas"] = ["Common"],
        ["SchemaRegistry"] = ["Common", "Client", "Schemas"],
        ["HttpProxy"] = ["Common", "Client", "Schemas"],
        ["Cli"] = ["Common", "Client", "Schemas"],
        ["Bench"] = ["Common", "Protocol", "Shards", "Broker", "Client", "Cli"],
        ["Gateway"] = ["Common", "Protocol", "Links", "Shards", "Storage", "Broker", "Client", "Schemas", "SchemaRegistry", "HttpProxy", "Cli", "Bench"],
    };

    /// <summary>Folders of the broker from top to bottom: a folder may use those after it, never those before it.</summary>
    public static IReadOnlyList<string> BrokerFolders { get; } = ["Handlers", "Coordinators", "Cluster", "Partitions"];

    /// <summary>The broker's transport: it knows requests and handlers in the abstract, none of the folders above, and only these use it.</summary>
    public const string BrokerTransport = "Network";

    /// <summary>Folders of the broker that connect its transport to the rest.</summary>
    public static IReadOnlyList<string> UsersOfBrokerTransport { get; } = ["Handlers", "InProcess"];
}
