using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Transactions;

/// <summary>Ends transactions in partitions directly, for operators who find one that hangs (TXN-14). Our own coordinator does not come this way.</summary>
internal sealed class WriteTxnMarkersHandler(BrokerShard shard, GroupRouter groups) : Handler<WriteTxnMarkersRequest, WriteTxnMarkersResponse>
{
    private const sbyte RaisesEpochs = 2;

    private readonly TransactionMarkers _markers = new(shard, groups);

    public override async ValueTask<WriteTxnMarkersResponse?> HandleAsync(RequestContext context, WriteTxnMarkersRequest request)
    {
        var answer = new WriteTxnMarkersResponse();
        foreach (WriteTxnMarkersRequest.WritableTxnMarker marker in request.Markers)
        {
            var end = new TransactionEnd(marker.ProducerId, marker.ProducerEpoch, marker.TransactionResult, marker.CoordinatorEpoch)
            {
                RaisesEpoch = marker.TransactionVersion >= RaisesEpochs,
            };
            var result = new WriteTxnMarkersResponse.WritableTxnMarkerResult { ProducerId = marker.ProducerId };
            answer.Markers.Add(result);
            foreach (WriteTxnMarkersRequest.WritableTxnMarkerTopic topic in marker.Topics)
            {
                var topicResult = new WriteTxnMarkersResponse.WritableTxnMarkerTopicResult { Name = topic.Name };
                result.Topics.Add(topicResult);
                foreach (int partition in topic.PartitionIndexes)
                    topicResult.Partitions.Add(new() { PartitionIndex = partition, ErrorCode = await WriteAsync(topic.Name, partition, end) });
            }
        }
        return answer;
    }

    private ValueTask<ErrorCode> WriteAsync(string topic, int partition, TransactionEnd end) =>
        !shard.Image.TryGetTopic(topic, out TopicImage? found) || partition < 0 || partition >= found.PartitionCount
            ? new(ErrorCode.UnknownTopicOrPartition)
            : _markers.WriteAsync(new TopicPartition(topic, partition), end);
}
