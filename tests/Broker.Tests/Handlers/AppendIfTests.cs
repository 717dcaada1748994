using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>Our own request: a batch that is appended only where its caller believes the log to end.</summary>
public sealed class AppendIfTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task It_is_appended_at_the_end_and_nowhere_else()
    {
        Guid topic = await _broker.CreateTopic("append-if", 3);
        Assert.Equal(ErrorCode.None, await Append(topic, 2, 0, "a", "b"));
        Assert.Equal(ErrorCode.OperationNotAttempted, await Append(topic, 2, 0, "c"));
        Assert.Equal(ErrorCode.OperationNotAttempted, await Append(topic, 2, 3, "c"));
        Assert.Equal(2, await _broker.Store(topic, Of("c"), 2));
        Assert.Equal(ErrorCode.OperationNotAttempted, await Append(topic, 2, 2, "d"));
        Assert.Equal(ErrorCode.None, await Append(topic, 2, 3, "d"));
        Assert.Equal(["a", "b", "c", "d"], Values(await _broker.Fetch(topic, 0, 2)));
    }

    [Fact]
    public async Task Of_many_at_once_one_is_appended_at_each_offset()
    {
        Guid topic = await _broker.CreateTopic("append-if-many");
        for (int offset = 0; offset < 20; offset++)
        {
            ErrorCode[] errors = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Append(topic, 0, offset, $"{offset}-{writer}")));
            Assert.Single(errors, ErrorCode.None);
            Assert.Equal(15, errors.Count(error => error == ErrorCode.OperationNotAttempted));
        }
        Assert.Equal(20, Values(await _broker.Fetch(topic, 0)).Length);
    }

    [Theory]
    [InlineData(-1, 0, ErrorCode.UnknownTopicOrPartition)]
    [InlineData(1, 0, ErrorCode.UnknownTopicOrPartition)]
    [InlineData(0, -2, ErrorCode.InvalidRequest)]
    public async Task What_cannot_be_is_refused(int partition, long end, ErrorCode error)
    {
        Guid topic = await _broker.CreateTopic($"append-if-{partition}-{end}");
        Assert.Equal(error, await Append(topic, partition, end, "a"));
        Assert.Equal(ErrorCode.UnknownTopicId, await Append(Guid.NewGuid(), 0, 0, "a"));
        Assert.Equal(ErrorCode.InvalidRecord, (await _broker.Send(new AppendIfRequest { TopicId = topic, ExpectedEndOffset = 0 })).ErrorCode);
    }

    [Fact]
    public async Task Nobody_is_told_of_it_and_on_a_socket_it_is_not_served()
    {
        using WireClient wire = await _broker.Connect();
        ApiVersionsResponse listed = await wire.Ask(new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1" }, 3);
        Assert.DoesNotContain((short)ApiKey.AppendIf, listed.ApiKeys.Select(api => api.ApiKey));
        // The connection closes, as for any API that is not there.
        await Assert.ThrowsAnyAsync<IOException>(async () => await wire.Ask(new AppendIfRequest { TopicId = Guid.NewGuid() }, 0));
    }

    private async Task<ErrorCode> Append(Guid topic, int partition, long end, params string[] values) => (await _broker.Send(new AppendIfRequest
    {
        TopicId = topic,
        Partition = partition,
        ExpectedEndOffset = end,
        Records = Of(values),
    })).ErrorCode;
}
