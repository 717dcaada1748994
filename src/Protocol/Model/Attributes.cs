namespace Gateway.Protocol.Model;

/// <summary>What every kind of message says about itself: its versions and from which one on it is flexible (KIP-482).</summary>
/// <param name="lowestVersion">The oldest version we can read and write.</param>
/// <param name="highestVersion">The newest.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class KafkaMessageAttribute(short lowestVersion, short highestVersion) : Attribute
{
    /// <summary>The oldest version we can read and write.</summary>
    public short LowestVersion { get; } = lowestVersion;

    /// <summary>The newest version we can read and write.</summary>
    public short HighestVersion { get; } = highestVersion;

    /// <summary>The first version with compact lengths and tag sections; <see cref="short.MaxValue"/> when there is none.</summary>
    public short FlexibleFrom { get; set; } = short.MaxValue;

    /// <summary>
    /// Whether a message can be put back to how a new one is, keeping its objects (<see cref="IReusableMessage"/>): for the few that travel
    /// with every batch of records. Lists of such a message are filled with its <c>Add…</c> methods, not replaced.
    /// </summary>
    public bool Reusable { get; set; }
}

/// <summary>Marks a partial class as a request; its answer is the class of the same name ending in Response.</summary>
/// <param name="key">The request's key.</param>
/// <param name="lowestVersion">The oldest version we can read and write.</param>
/// <param name="highestVersion">The newest.</param>
public sealed class KafkaRequestAttribute(ApiKey key, short lowestVersion, short highestVersion)
    : KafkaMessageAttribute(lowestVersion, highestVersion)
{
    /// <summary>The request's key.</summary>
    public ApiKey Key { get; } = key;
}

/// <summary>Marks a partial class as a response.</summary>
/// <param name="key">The key of the request it answers.</param>
/// <param name="lowestVersion">The oldest version we can read and write.</param>
/// <param name="highestVersion">The newest.</param>
public sealed class KafkaResponseAttribute(ApiKey key, short lowestVersion, short highestVersion)
    : KafkaMessageAttribute(lowestVersion, highestVersion)
{
    /// <summary>The key of the request it answers.</summary>
    public ApiKey Key { get; } = key;
}

/// <summary>Marks a partial class as a stored record or an embedded blob: it travels inside other bytes, after an int16.</summary>
/// <param name="lowestVersion">The oldest version we can read and write.</param>
/// <param name="highestVersion">The newest.</param>
public sealed class KafkaRecordAttribute(short lowestVersion, short highestVersion) : KafkaMessageAttribute(lowestVersion, highestVersion);
