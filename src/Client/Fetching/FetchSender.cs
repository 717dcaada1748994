using Gateway.Client.Connections;
using Gateway.Client.Topology;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Fetching;

/// <summary>One partition to read, and from where.</summary>
internal readonly record struct FetchTarget(TopicView Topic, int Partition, long Offset);

/// <summary>Sends one fetch to one leader over a link that nobody else uses meanwhile.</summary>
internal sealed class FetchSender(ExclusiveLinks links)
{
    internal async ValueTask<FetchResponse> SendAsync(
        HostAndPort leader, IReadOnlyList<FetchTarget> targets, FetchLimits limits, CancellationToken cancel)
    {
        IBrokerLink link = await links.BorrowAsync(leader, cancel).ConfigureAwait(false);
        bool isClean = false;
        try
        {
            FetchResponse answer = await link.SendAsync(Build(targets, limits), cancel).ConfigureAwait(false);
            isClean = true;
            return answer;
        }
        finally
        {
            await links.GiveBackAsync(leader, link, isClean).ConfigureAwait(false);
        }
    }

    private static FetchRequest Build(IReadOnlyList<FetchTarget> targets, FetchLimits limits)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = (int)Math.Min(limits.MaxWait.TotalMilliseconds, int.MaxValue),
            MinBytes = limits.MinBytes,
            MaxBytes = limits.MaxBytes,
            IsolationLevel = (sbyte)limits.Isolation,
        };
        foreach (FetchTarget target in targets)
        {
            FetchRequest.FetchTopic? topic = request.Topics.Find(topic => topic.Topic == target.Topic.Name);
            if (topic is null)
            {
                // Both names: which of the two travels depends on the version the link speaks.
                topic = new FetchRequest.FetchTopic { Topic = target.Topic.Name, TopicId = target.Topic.Id };
                request.Topics.Add(topic);
            }
            topic.Partitions.Add(new FetchRequest.FetchPartition
            {
                Partition = target.Partition,
                FetchOffset = target.Offset,
                PartitionMaxBytes = limits.MaxBytes,
            });
        }
        return request;
    }
}
