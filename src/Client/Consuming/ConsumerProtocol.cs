using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Stored;
using Gateway.Protocol.Wire;

namespace Gateway.Client.Consuming;

/// <summary>The blobs consumers exchange through the coordinator when they join and share out partitions.</summary>
internal static class ConsumerProtocol
{
    private const short SubscriptionVersion = 1;
    private const short HighestRead = 3;

    internal static byte[] WriteSubscription(IReadOnlyCollection<string> topics) =>
        VersionedBytes.Write(new ConsumerProtocolSubscription { Topics = [.. topics] }, SubscriptionVersion);

    /// <summary>The topics a member wants; none when its blob cannot be read, so that one broken member does not stop a group.</summary>
    internal static IReadOnlyList<string> TryReadSubscription(byte[] blob)
    {
        try
        {
            return VersionedBytes.ReadBlob<ConsumerProtocolSubscription>(blob, HighestRead).Topics;
        }
        catch (ProtocolException)
        {
            return [];
        }
    }

    internal static byte[] WriteAssignment(IEnumerable<TopicPartition> partitions) => VersionedBytes.Write(
        new ConsumerProtocolAssignment
        {
            AssignedPartitions = [.. partitions.GroupBy(static partition => partition.Topic).Select(static topic =>
                new ConsumerProtocolAssignment.TopicPartition
                {
                    Topic = topic.Key,
                    Partitions = [.. topic.Select(static partition => partition.Partition)],
                })],
        },
        version: 0);

    /// <summary>The partitions in an assignment; none when the blob is empty or cannot be read.</summary>
    internal static IReadOnlyList<TopicPartition> TryReadAssignment(byte[] blob)
    {
        if (blob.Length == 0) return [];
        try
        {
            return [.. VersionedBytes.ReadBlob<ConsumerProtocolAssignment>(blob, HighestRead).AssignedPartitions
                .SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)))];
        }
        catch (ProtocolException)
        {
            return [];
        }
    }
}
