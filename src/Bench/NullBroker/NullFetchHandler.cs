using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Bench.NullBroker;

/// <summary>
/// Every partition ends where its producers are, and nothing of it is kept. It is there because clients of librdkafka write batches in
/// the present format only to brokers whose list of APIs has Fetch from version 4 on.
/// </summary>
internal sealed class NullFetchHandler(NullTopics topics) : Handler<FetchRequest, FetchResponse>
{
    public override ValueTask<FetchResponse?> HandleAsync(RequestContext context, FetchRequest request) => new(new FetchResponse
    {
        Responses =
        [
            .. request.Topics.Select(t => new FetchResponse.FetchableTopicResponse
            {
                Topic = t.Topic,
                Partitions = [.. t.Partitions.Select(p => Answer(topics.Find(t.Topic), p.Partition))],
            }),
        ],
    });

    private static FetchResponse.PartitionData Answer(NullTopic? topic, int partition)
    {
        if (topic is null || partition < 0 || partition >= topic.Partitions) return new() { PartitionIndex = partition, ErrorCode = ErrorCode.UnknownTopicOrPartition };
        long end = topic.Next(partition);
        return new() { PartitionIndex = partition, ErrorCode = ErrorCode.OffsetOutOfRange, HighWatermark = end, LastStableOffset = end, LogStartOffset = end };
    }
}
