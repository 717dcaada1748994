using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>A protocol a member can speak, with what it has to say under it.</summary>
/// <param name="Name">The protocol's name.</param>
/// <param name="Metadata">Opaque to the broker.</param>
internal readonly record struct GroupProtocol(string Name, byte[] Metadata);

/// <summary>
/// A member of a classic group. What is stored of it comes from the log (<see cref="ClassicGroup.Apply"/>); the rest (who waits for an
/// answer, timers) is gone with the process.
/// </summary>
internal sealed class GroupMember(string id, string? instanceId, string clientId, string clientHost)
{
    public string Id { get; } = id;

    /// <summary>The static member's name; null for a dynamic one.</summary>
    public string? InstanceId { get; } = instanceId;

    public string ClientId { get; } = clientId;

    public string ClientHost { get; } = clientHost;

    public int SessionTimeoutMs { get; set; }

    public int RebalanceTimeoutMs { get; set; }

    /// <summary>What it can speak, the preferred one first.</summary>
    public IReadOnlyList<GroupProtocol> Protocols { get; private set; } = [];

    /// <summary>About what <see cref="Protocols"/> take in memory.</summary>
    public long Bytes { get; private set; }

    public byte[] Assignment { get; set; } = [];

    /// <summary>It has not been part of a generation yet.</summary>
    public bool IsNew { get; set; }

    /// <summary>Its JoinGroup that waits for the next generation.</summary>
    public TaskCompletionSource<JoinGroupResponse>? Joining { get; set; }

    /// <summary>Its SyncGroup that waits for the leader's.</summary>
    public TaskCompletionSource<SyncGroupResponse>? Syncing { get; set; }

    /// <summary>Ends its membership unless it is heard of before.</summary>
    public ShardTimer? Session { get; set; }

    public byte[] MetadataFor(string? protocol)
    {
        foreach (GroupProtocol mine in Protocols)
        {
            if (mine.Name == protocol) return mine.Metadata;
        }
        return [];
    }

    public bool Speaks(string protocol)
    {
        foreach (GroupProtocol mine in Protocols)
        {
            if (mine.Name == protocol) return true;
        }
        return false;
    }

    /// <summary>Changes what it can speak.</summary>
    public void Speak(IReadOnlyList<GroupProtocol> protocols)
    {
        Protocols = protocols;
        Bytes = BytesOf(protocols);
    }

    /// <summary>About what protocols take in memory: their bytes, and the objects around them.</summary>
    public static long BytesOf(IReadOnlyList<GroupProtocol> protocols)
    {
        long bytes = 0;
        foreach (GroupProtocol protocol in protocols) bytes += 100 + 2 * protocol.Name.Length + protocol.Metadata.Length;
        return bytes;
    }

    /// <summary>Whether it says the same as before (GRP-7).</summary>
    public bool Says(IReadOnlyList<GroupProtocol> protocols)
    {
        if (protocols.Count != Protocols.Count) return false;
        for (int i = 0; i < protocols.Count; i++)
        {
            if (protocols[i].Name != Protocols[i].Name || !protocols[i].Metadata.AsSpan().SequenceEqual(Protocols[i].Metadata)) return false;
        }
        return true;
    }
}
