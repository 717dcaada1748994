using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>kafka-broker.md §11, InitProducerId without transactions.</summary>
public sealed class ProducerIdTests
{
    [Fact]
    public async Task TXN_1_no_id_is_given_twice_not_even_over_restarts_or_by_different_shards()
    {
        await using TestBroker broker = await TestBroker.StartAsync(shards: 2);
        HashSet<long> given = [];
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 1100; i++)
            {
                // Links are dealt out over the shards in turn.
                var link = await broker.Broker.InProcessLinks("User:a").ConnectAsync(broker.Address, default);
                InitProducerIdResponse response = await link.SendAsync(new InitProducerIdRequest { TransactionalId = null, ProducerId = -1, ProducerEpoch = -1 }, default);
                await link.DisposeAsync();
                Assert.Equal((ErrorCode.None, (short)0), (response.ErrorCode, response.ProducerEpoch));
                Assert.True(given.Add(response.ProducerId), $"{response.ProducerId} was given twice");
            }
            if (round == 0) await broker.RestartAsync();
            else await broker.RestartUncleanAsync();
        }
    }

    [Theory]
    [InlineData("", -1, -1, ErrorCode.InvalidRequest)]
    [InlineData(null, 5, -1, ErrorCode.InvalidRequest)]
    [InlineData(null, -1, 5, ErrorCode.InvalidRequest)]
    [InlineData("tx", 5, -1, ErrorCode.InvalidRequest)]
    [InlineData("tx", -1, -1, ErrorCode.InvalidTransactionTimeout, 0)]
    [InlineData("tx", -1, -1, ErrorCode.InvalidTransactionTimeout, 900_001)]
    public async Task TXN_2_what_is_refused(string? transactionalId, long producerId, short epoch, ErrorCode error, int timeoutMs = 1000)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.Send(new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = ["tx"] });
        InitProducerIdResponse response = await broker.Send(
            new InitProducerIdRequest { TransactionalId = transactionalId, TransactionTimeoutMs = timeoutMs, ProducerId = producerId, ProducerEpoch = epoch });
        Assert.Equal((error, -1L, (short)-1), (response.ErrorCode, response.ProducerId, response.ProducerEpoch));
    }
}
