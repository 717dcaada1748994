using System.Text;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Groups;

/// <summary>Requests as a consumer sends them.</summary>
internal static class Requests
{
    public const int SessionMs = 10_000;
    public const int RebalanceMs = 30_000;

    public static JoinGroupRequest Join(string group = "g", string member = "", string? instance = null, string metadata = "m", params string[] protocols) => new()
    {
        GroupId = group,
        MemberId = member,
        GroupInstanceId = instance,
        SessionTimeoutMs = SessionMs,
        RebalanceTimeoutMs = RebalanceMs,
        ProtocolType = "consumer",
        Protocols =
        [
            .. (protocols.Length == 0 ? ["range"] : protocols).Select(name => new JoinGroupRequest.JoinGroupRequestProtocol
            {
                Name = name, Metadata = Encoding.UTF8.GetBytes(metadata),
            }),
        ],
    };

    /// <summary>The sync that follows a join; a leader names whom it assigns something: "for-" and the member's id.</summary>
    public static SyncGroupRequest Sync(JoinGroupResponse joined, params string[] assigned) => new()
    {
        GroupId = "g",
        MemberId = joined.MemberId,
        GenerationId = joined.GenerationId,
        ProtocolType = joined.ProtocolType,
        ProtocolName = joined.ProtocolName,
        Assignments = [.. assigned.Select(id => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = id, Assignment = AssignmentOf(id) })],
    };

    public static byte[] AssignmentOf(string member) => Encoding.UTF8.GetBytes($"for-{member}");

    public static OffsetToCommit Offset(string topic, long offset, string? metadata = "", Guid id = default) =>
        new(new TopicPartition(topic, 0), id, offset, 3, metadata);
}
