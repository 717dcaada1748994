using System.Buffers;

namespace Gateway.Broker.Cluster;

/// <summary>What a topic may be called (MD-4).</summary>
public static class TopicName
{
    /// <summary>The longest name.</summary>
    public const int CharactersMax = 249;

    /// <summary>Where committed offsets are kept.</summary>
    public const string ConsumerOffsets = "__consumer_offsets";

    /// <summary>Where transactions are kept.</summary>
    public const string TransactionState = "__transaction_state";

    /// <summary>Where share groups keep their state.</summary>
    public const string ShareGroupState = "__share_group_state";

    /// <summary>Where the HTTP proxy keeps the consumer instances of its clients, unless it is told another name.</summary>
    public const string HttpConsumers = "__gateway_http_consumers";

    /// <summary>The broker's own log of topics and configs: never listed, never served, its name is taken.</summary>
    public const string Metadata = "__gateway_metadata";

    private static readonly SearchValues<char> Legal =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Says what is wrong with a name; null when nothing is.</summary>
    public static string? Problem(string name)
    {
        if (name.Length == 0) return "Topic name is empty";
        if (name is "." or "..") return "Topic name cannot be \".\" or \"..\"";
        if (name.Length > CharactersMax) return $"Topic name is longer than {CharactersMax} characters";
        if (name.AsSpan().ContainsAnyExcept(Legal)) return "Topic name may only hold ASCII letters and digits, '.', '_' and '-'";
        return name == Metadata ? "Topic name is reserved" : null;
    }

    /// <summary>Names with the same key cannot live side by side: metric names turn '.' into '_'.</summary>
    public static string CollisionKey(string name) => name.Replace('.', '_');

    /// <summary>True for topics that belong to the broker: clients see the mark and may not produce to them.</summary>
    public static bool IsInternal(string name) => name is ConsumerOffsets or TransactionState or ShareGroupState or HttpConsumers;
}
