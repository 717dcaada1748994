using Gateway.Broker.Cluster;
using Gateway.Broker.Handlers.Fetch;
using Gateway.Broker.Network;
using Gateway.Broker.Tests.Cluster;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>Fetches that serve one request after another.</summary>
public sealed class PendingFetchTests
{
    private const int FetchMaxBytes = 1 << 20;

    [Fact]
    public void A_wake_up_of_the_request_before_does_nothing_to_one_that_has_nothing_to_read()
    {
        using var host = new SteppedShardHost(1);
        host.Start();
        Shard shard = host.Shards[0];
        var router = new PartitionRouter(1);
        var broker = new BrokerShard(shard, Images.With("t"), null!, router, null!, null!);
        router.Set(0, new ShardRef<BrokerShard>(shard, broker));
        int freed = 0;
        Exception? failure = null;
        shard.Post(() => failure = Record.Exception(() =>
        {
            var fetch = new PendingFetch(broker, _ => freed++);
            FetchResponse first = Answer(fetch, shard, (fetch, data) =>
                fetch.Add(data, new TopicIdPartition(Images.Id(1), 0), new FetchRequest.FetchPartition { PartitionMaxBytes = 1 }, toLogEnd: false));
            Assert.Equal(ErrorCode.UnknownTopicOrPartition, first.Responses[0].Partitions[0].ErrorCode);
            FetchResponse second = Answer(fetch, shard, static (fetch, data) => fetch.Refuse(data, ErrorCode.UnknownTopicId));
            Assert.Equal(ErrorCode.UnknownTopicId, second.Responses[0].Partitions[0].ErrorCode);
            fetch.Woken(round: 1);
        }));
        host.RunUntilIdle();
        Assert.Null(failure);
        Assert.Equal(2, freed);
    }

    private static FetchResponse Answer(PendingFetch fetch, Shard shard, Action<PendingFetch, FetchResponse.PartitionData> add)
    {
        var response = new FetchResponse();
        fetch.Begin(
            new RequestContext { ApiVersion = 13, Listener = "TEST", Shard = shard, AdvertisedAddress = new HostAndPort("localhost", 1) },
            new FetchRequest { MaxWaitMs = 100, MinBytes = 1 }, response, FetchMaxBytes);
        add(fetch, response.AddToResponses().AddToPartitions());
        ValueTask<IResponse?> answer = fetch.RunAsync(maxWaitMs: 100);
        Assert.True(answer.IsCompleted);
        Assert.Same(response, answer.GetAwaiter().GetResult());
        return response;
    }
}
