using Gateway.Protocol.Messages;
using Gateway.Protocol.Stored;
using Gateway.Protocol.Wire;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>What the members of a consumer group want to read, from the bytes they joined with.</summary>
internal static class Subscriptions
{
    private const short HighestVersion = 3;

    /// <summary>
    /// All topics somebody subscribes to; null when that cannot be told, because this is no consumer group or a member says nonsense.
    /// </summary>
    public static IReadOnlySet<string>? Of(ClassicGroup group)
    {
        if (group.ProtocolType != "consumer") return null;
        var topics = new HashSet<string>(StringComparer.Ordinal);
        foreach (GroupMember member in group.Members)
        {
            try
            {
                byte[] metadata = member.MetadataFor(group.Protocol);
                topics.UnionWith(VersionedBytes.ReadBlob<ConsumerProtocolSubscription>(metadata, HighestVersion).Topics);
            }
            catch (ProtocolException)
            {
                return null;
            }
        }
        return topics;
    }
}
