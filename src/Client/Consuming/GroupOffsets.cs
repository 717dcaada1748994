using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Consuming;

/// <summary>Who commits: a member of a group in one of its generations, or somebody outside any (generation -1).</summary>
internal readonly record struct Committer(string Group, int Generation, string MemberId, string? InstanceId)
{
    internal static Committer Outside(string group) => new(group, -1, "", null);
}

/// <summary>Reads and writes the offsets groups have committed, at the group's coordinator.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class GroupOffsets(RequestRouter router, MetadataCache metadata)
{
    /// <summary>The committed offsets of the partitions asked about, or of all (null); partitions without one are left out.</summary>
    internal async ValueTask<IReadOnlyDictionary<TopicPartition, CommittedOffset>> FetchAsync(
        string group, IReadOnlyCollection<TopicPartition>? partitions, CancellationToken cancel)
    {
        IReadOnlyList<TopicView>? topics = partitions is null ? null : await TopicsOfAsync(partitions, cancel).ConfigureAwait(false);
        OffsetFetchResponse answer = await router.ToCoordinatorAsync(
            group,
            link => Build(group, partitions, topics, link.NegotiatedVersion(ApiKey.OffsetFetch)),
            static answer => answer.Groups is [{ } one] ? one.ErrorCode : answer.ErrorCode,
            cancel).ConfigureAwait(false);

        var found = new Dictionary<TopicPartition, CommittedOffset>();
        foreach (OffsetFetchResponse.OffsetFetchResponseTopic topic in answer.Topics)
        {
            foreach (OffsetFetchResponse.OffsetFetchResponsePartition partition in topic.Partitions)
                Add(found, topic.Name, partition.PartitionIndex, partition.ErrorCode, partition.CommittedOffset, partition.Metadata, partition.CommittedLeaderEpoch);
        }
        foreach (OffsetFetchResponse.OffsetFetchResponseGroup one in answer.Groups)
        {
            KafkaErrorException.ThrowIfError(one.ErrorCode, $"Offsets of group '{group}'");
            foreach (OffsetFetchResponse.OffsetFetchResponseTopics topic in one.Topics)
            {
                string? name = topic.TopicId == Guid.Empty ? topic.Name : await NameOfAsync(topic.TopicId, topics, cancel).ConfigureAwait(false);
                if (name is null) continue;
                foreach (OffsetFetchResponse.OffsetFetchResponsePartitions partition in topic.Partitions)
                    Add(found, name, partition.PartitionIndex, partition.ErrorCode, partition.CommittedOffset, partition.Metadata, partition.CommittedLeaderEpoch);
            }
        }
        KafkaErrorException.ThrowIfError(answer.ErrorCode, $"Offsets of group '{group}'");
        return found;
    }

    /// <summary>Commits offsets; says for each partition what became of it.</summary>
    internal async ValueTask<IReadOnlyDictionary<TopicPartition, ErrorCode>> CommitAsync(
        Committer committer, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancel)
    {
        IReadOnlyList<TopicView> topics = await TopicsOfAsync(offsets.Keys, cancel).ConfigureAwait(false);
        var results = new Dictionary<TopicPartition, ErrorCode>();
        foreach (TopicPartition partition in offsets.Keys) results[partition] = ErrorCode.UnknownTopicOrPartition;
        if (topics.Count == 0) return results;

        OffsetCommitResponse answer = await router.ToCoordinatorAsync(
            committer.Group, _ => Build(committer, offsets, topics), PassingError, cancel).ConfigureAwait(false);
        foreach (OffsetCommitResponse.OffsetCommitResponseTopic topic in answer.Topics)
        {
            string? name = topic.TopicId == Guid.Empty ? topic.Name : topics.FirstOrDefault(known => known.Id == topic.TopicId)?.Name;
            foreach (OffsetCommitResponse.OffsetCommitResponsePartition partition in topic.Partitions)
            {
                var key = new TopicPartition(name ?? "", partition.PartitionIndex);
                if (results.ContainsKey(key)) results[key] = partition.ErrorCode;
            }
        }
        return results;
    }

    private static void Add(
        Dictionary<TopicPartition, CommittedOffset> found, string topic, int partition, ErrorCode error, long offset, string? text, int epoch)
    {
        if (error is ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId) return;
        KafkaErrorException.ThrowIfError(error, $"Committed offset of {topic}-{partition}");
        if (offset >= 0) found[new TopicPartition(topic, partition)] = new CommittedOffset(offset, text ?? "", epoch);
    }

    /// <summary>Coordinator errors stand at every partition; those alone are worth another attempt.</summary>
    private static ErrorCode PassingError(OffsetCommitResponse answer)
    {
        foreach (OffsetCommitResponse.OffsetCommitResponseTopic topic in answer.Topics)
        {
            foreach (OffsetCommitResponse.OffsetCommitResponsePartition partition in topic.Partitions)
            {
                if (partition.ErrorCode is ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator)
                    return partition.ErrorCode;
            }
        }
        return ErrorCode.None;
    }

    private static OffsetFetchRequest Build(
        string group, IReadOnlyCollection<TopicPartition>? partitions, IReadOnlyList<TopicView>? topics, short version)
    {
        if (version < 8)
        {
            return new OffsetFetchRequest
            {
                GroupId = group,
                Topics = topics?.Select(topic => new OffsetFetchRequest.OffsetFetchRequestTopic
                {
                    Name = topic.Name,
                    PartitionIndexes = IndexesOf(partitions!, topic.Name),
                }).ToList(),
            };
        }
        return new OffsetFetchRequest
        {
            Groups =
            [
                new OffsetFetchRequest.OffsetFetchRequestGroup
                {
                    GroupId = group,
                    Topics = topics?.Select(topic => new OffsetFetchRequest.OffsetFetchRequestTopics
                    {
                        Name = topic.Name,
                        TopicId = topic.Id,
                        PartitionIndexes = IndexesOf(partitions!, topic.Name),
                    }).ToList(),
                },
            ],
        };
    }

    private static OffsetCommitRequest Build(
        Committer committer, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, IReadOnlyList<TopicView> topics) => new()
        {
            GroupId = committer.Group,
            GenerationIdOrMemberEpoch = committer.Generation,
            MemberId = committer.MemberId,
            GroupInstanceId = committer.InstanceId,
            Topics = [.. topics.Select(topic => new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic.Name,
                TopicId = topic.Id,
                Partitions = [.. offsets.Where(offset => offset.Key.Topic == topic.Name).Select(static offset =>
                    new OffsetCommitRequest.OffsetCommitRequestPartition
                    {
                        PartitionIndex = offset.Key.Partition,
                        CommittedOffset = offset.Value.Offset,
                        CommittedLeaderEpoch = offset.Value.LeaderEpoch,
                        CommittedMetadata = offset.Value.Metadata,
                    })],
            })],
        };

    private static List<int> IndexesOf(IReadOnlyCollection<TopicPartition> partitions, string topic) =>
        [.. partitions.Where(partition => partition.Topic == topic).Select(static partition => partition.Partition)];

    /// <summary>The topics that exist: newer versions name them by id, and an unknown one has none.</summary>
    private async ValueTask<IReadOnlyList<TopicView>> TopicsOfAsync(IEnumerable<TopicPartition> partitions, CancellationToken cancel)
    {
        var topics = new List<TopicView>();
        foreach (string name in partitions.Select(static partition => partition.Topic).Distinct())
        {
            if ((await metadata.TopicAsync(name, allowCreate: false, cancel).ConfigureAwait(false)).Topic is { } topic) topics.Add(topic);
        }
        return topics;
    }

    private async ValueTask<string?> NameOfAsync(Guid id, IReadOnlyList<TopicView>? asked, CancellationToken cancel)
    {
        asked ??= await metadata.AllTopicsAsync(cancel).ConfigureAwait(false);
        return asked.FirstOrDefault(topic => topic.Id == id)?.Name;
    }
}
