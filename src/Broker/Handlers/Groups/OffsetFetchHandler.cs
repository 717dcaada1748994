using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Found = (
    Gateway.Common.Errors.ErrorCode Error,
    System.Collections.Generic.IReadOnlyList<
        (Gateway.Common.Ids.TopicPartition Partition, Gateway.Broker.Coordinators.Groups.CommittedOffset Offset)> Offsets);

namespace Gateway.Broker.Handlers.Groups;

/// <summary>OffsetFetch: asks where each group lives; versions below 8 know only one group (OFF-1).</summary>
internal sealed class OffsetFetchHandler(BrokerShard shard, GroupRouter groups) : Handler<OffsetFetchRequest, OffsetFetchResponse>
{
    private const short FirstWithTopLevelError = 2;
    private const short FirstWithManyGroups = 8;
    private const short FirstWithTopicIds = 10;

    public override async ValueTask<OffsetFetchResponse?> HandleAsync(RequestContext context, OffsetFetchRequest request)
    {
        short version = context.ApiVersion;
        if (version < FirstWithManyGroups) return OldForm(await FetchAsync(AsGroup(request), version, request.RequireStable), request, version);
        // All on their way before the first is awaited.
        ValueTask<OffsetFetchResponse.OffsetFetchResponseGroup>[] asked = [.. request.Groups.Select(group => FetchAsync(group, version, request.RequireStable))];
        var answer = new OffsetFetchResponse();
        foreach (ValueTask<OffsetFetchResponse.OffsetFetchResponseGroup> one in asked) answer.Groups.Add(await one);
        return answer;
    }

    private async ValueTask<OffsetFetchResponse.OffsetFetchResponseGroup> FetchAsync(
        OffsetFetchRequest.OffsetFetchRequestGroup asked, short version, bool requireStable)
    {
        ClusterImage image = shard.Image;
        var answer = new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = asked.GroupId };
        TopicImage?[]? topics = asked.Topics is null ? null : [.. asked.Topics.Select(topic => Find(image, topic, version))];
        List<TopicPartition>? partitions = asked.Topics is null ? null : [];
        for (int i = 0; i < asked.Topics?.Count; i++)
        {
            string name = topics![i]?.Name ?? asked.Topics[i].Name;
            partitions!.AddRange(asked.Topics[i].PartitionIndexes.Select(index => new TopicPartition(name, index)));
        }

        HashSet<TopicPartition>? unstable = requireStable ? [] : null;
        Found found = await groups.CallAsync(
            image, asked.GroupId, (asked.GroupId, partitions, unstable),
            static (partition, call) => partition.FetchOffsetsAsync(call.GroupId, call.partitions, call.unstable),
            static (error, _) => new Found(error, []));
        answer.ErrorCode = found.Error;
        if (found.Error != ErrorCode.None) return answer;
        // Filled one by one: a request may ask for the same partition twice.
        var offsets = new Dictionary<TopicPartition, CommittedOffset>();
        foreach ((TopicPartition partition, CommittedOffset offset) in found.Offsets)
        {
            if (IsCurrent(image, partition.Topic, offset)) offsets[partition] = offset;
        }
        if (asked.Topics is null)
        {
            foreach (IGrouping<string, TopicPartition> topic in offsets.Keys.GroupBy(partition => partition.Topic))
                answer.Topics.Add(Topic(topic.Key, image.TopicsByName[topic.Key].Id, [.. topic.Select(p => p.Partition)], offsets, unstable));
            return answer;
        }
        for (int i = 0; i < asked.Topics.Count; i++)
        {
            OffsetFetchRequest.OffsetFetchRequestTopics topic = asked.Topics[i];
            string name = topics![i]?.Name ?? topic.Name;
            OffsetFetchResponse.OffsetFetchResponseTopics one = Topic(name, topic.TopicId, topic.PartitionIndexes, offsets, unstable);
            if (version >= FirstWithTopicIds && topics[i] is null) one.Partitions.ForEach(static p => p.ErrorCode = ErrorCode.UnknownTopicId);
            answer.Topics.Add(one);
        }
        return answer;
    }

    private static TopicImage? Find(ClusterImage image, OffsetFetchRequest.OffsetFetchRequestTopics asked, short version)
    {
        TopicImage? topic;
        if (version >= FirstWithTopicIds) return image.TryGetTopic(asked.TopicId, out topic) ? topic : null;
        return image.TryGetTopic(asked.Name, out topic) ? topic : null;
    }

    /// <summary>An offset of a topic that was deleted meanwhile says nothing about one that has its name now.</summary>
    private static bool IsCurrent(ClusterImage image, string topic, CommittedOffset offset) =>
        image.TryGetTopic(topic, out TopicImage? current) && (offset.TopicId == Guid.Empty || offset.TopicId == current.Id);

    private static OffsetFetchResponse.OffsetFetchResponseTopics Topic(
        string name, Guid id, List<int> partitions, Dictionary<TopicPartition, CommittedOffset> offsets, HashSet<TopicPartition>? unstable) => new()
        {
            Name = name,
            TopicId = id,
            Partitions =
        [
            .. partitions.Select(index =>
            {
                var partition = new TopicPartition(name, index);
                bool isUnstable = unstable?.Contains(partition) ?? false;
                CommittedOffset? offset = isUnstable ? null : offsets.GetValueOrDefault(partition);
                return new OffsetFetchResponse.OffsetFetchResponsePartitions
                {
                    PartitionIndex = index,
                    CommittedOffset = offset?.Offset ?? -1,
                    CommittedLeaderEpoch = offset?.LeaderEpoch ?? -1,
                    Metadata = offset?.Metadata ?? "",
                    ErrorCode = isUnstable ? ErrorCode.UnstableOffsetCommit : ErrorCode.None,
                };
            }),
        ],
        };

    private static OffsetFetchRequest.OffsetFetchRequestGroup AsGroup(OffsetFetchRequest request) => new()
    {
        GroupId = request.GroupId,
        Topics = request.Topics?.ConvertAll(topic => new OffsetFetchRequest.OffsetFetchRequestTopics
        {
            Name = topic.Name,
            PartitionIndexes = topic.PartitionIndexes,
        }),
    };

    /// <summary>The answer below v8: one group; below v2 without an error of its own, so every partition says it.</summary>
    private static OffsetFetchResponse OldForm(OffsetFetchResponse.OffsetFetchResponseGroup group, OffsetFetchRequest request, short version)
    {
        var answer = new OffsetFetchResponse { ErrorCode = group.ErrorCode };
        foreach (OffsetFetchResponse.OffsetFetchResponseTopics topic in group.Topics)
        {
            answer.Topics.Add(new()
            {
                Name = topic.Name,
                Partitions = topic.Partitions.ConvertAll(p => new OffsetFetchResponse.OffsetFetchResponsePartition
                {
                    PartitionIndex = p.PartitionIndex,
                    CommittedOffset = p.CommittedOffset,
                    CommittedLeaderEpoch = p.CommittedLeaderEpoch,
                    Metadata = p.Metadata,
                    ErrorCode = p.ErrorCode,
                }),
            });
        }
        if (group.ErrorCode == ErrorCode.None || version >= FirstWithTopLevelError) return answer;
        foreach (OffsetFetchRequest.OffsetFetchRequestTopic topic in request.Topics ?? [])
        {
            answer.Topics.Add(new()
            {
                Name = topic.Name,
                Partitions = topic.PartitionIndexes.ConvertAll(index => new OffsetFetchResponse.OffsetFetchResponsePartition
                {
                    PartitionIndex = index,
                    CommittedOffset = -1,
                    Metadata = "",
                    ErrorCode = group.ErrorCode,
                }),
            });
        }
        return answer;
    }
}
