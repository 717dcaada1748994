using Gateway.Client.Consuming;
using Gateway.Client.Tests.Fakes;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Tests.Consuming;

public sealed class MembershipTests
{
    private static readonly ClientOptions Quick = new() { RetryBackoff = TimeSpan.FromMilliseconds(1), RetryBackoffMax = TimeSpan.FromMilliseconds(2) };
    private static readonly ConsumerOptions Options = new() { Group = "g", HeartbeatInterval = TimeSpan.FromMilliseconds(1) };
    private readonly FakeBroker _broker = new FakeBroker().Topic("t", 2);
    private int _generation;

    public MembershipTests() => _broker
        .Answer(ApiKey.FindCoordinator, _ => new FindCoordinatorResponse
        {
            Coordinators = [new FindCoordinatorResponse.Coordinator { Key = "g", Host = "fake", Port = 9092 }],
        })
        .Answer(ApiKey.SyncGroup, request => new SyncGroupResponse { Assignment = ((SyncGroupRequest)request).Assignments[0].Assignment })
        .Answer(ApiKey.LeaveGroup, _ => new LeaveGroupResponse());

    [Fact]
    public async Task GRP_2_the_id_the_coordinator_asks_for_is_brought_back()
    {
        _broker.Answer(ApiKey.JoinGroup, _ => new JoinGroupResponse { ErrorCode = ErrorCode.MemberIdRequired, MemberId = "given" })
            .Answer(ApiKey.JoinGroup, Joined)
            .Answer(ApiKey.Heartbeat, _ => new HeartbeatResponse());
        await using (GroupConsumer consumer = await SubscribedAsync())
        {
            Assert.Equal([new TopicPartition("t", 0), new TopicPartition("t", 1)], consumer.Assignment);
        }
        Assert.Equal(["", "given"], Joins().Select(join => join.MemberId));
        Assert.All(Joins(), join => Assert.Equal(["range", "roundrobin"], join.Protocols.Select(protocol => protocol.Name)));
        Assert.Equal("given", Assert.Single(_broker.Requests.OfType<LeaveGroupRequest>()).Members[0].MemberId);
    }

    [Theory]
    [InlineData(ErrorCode.RebalanceInProgress, "m")]
    [InlineData(ErrorCode.IllegalGeneration, "m")]
    [InlineData(ErrorCode.UnknownMemberId, "")]
    public async Task A_heartbeats_error_makes_the_member_join_again(ErrorCode error, string memberId)
    {
        _broker.Answer(ApiKey.JoinGroup, Joined)
            .Answer(ApiKey.Heartbeat, _ => new HeartbeatResponse { ErrorCode = error })
            .Answer(ApiKey.Heartbeat, _ => new HeartbeatResponse());
        await using GroupConsumer consumer = await SubscribedAsync();
        await UntilAsync(() => Joins().Length == 2 && consumer.Assignment.Count == 2, consumer);
        Assert.Equal(["", memberId], Joins().Select(join => join.MemberId));
    }

    [Theory]
    [InlineData(ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.CoordinatorNotAvailable)]
    public async Task When_the_coordinator_moves_it_is_looked_for_again_and_the_membership_stands(ErrorCode error)
    {
        _broker.Answer(ApiKey.JoinGroup, Joined)
            .Answer(ApiKey.Heartbeat, _ => new HeartbeatResponse { ErrorCode = error })
            .Answer(ApiKey.Heartbeat, _ => new HeartbeatResponse());
        await using GroupConsumer consumer = await SubscribedAsync();
        await UntilAsync(() => _broker.Requests.OfType<HeartbeatRequest>().Count() >= 3, consumer);
        Assert.Equal(2, _broker.Requests.OfType<FindCoordinatorRequest>().Count());
        Assert.Single(Joins());
    }

    [Fact]
    public async Task A_lost_link_is_replaced_and_the_member_joins_under_its_id()
    {
        _broker.Answer(ApiKey.JoinGroup, Joined)
            .Answer(ApiKey.Heartbeat, _ => throw new LinkClosedException("lost"))
            .Answer(ApiKey.Heartbeat, _ => new HeartbeatResponse());
        await using GroupConsumer consumer = await SubscribedAsync();
        await UntilAsync(() => Joins().Length == 2, consumer);
        Assert.Equal(["", "m"], Joins().Select(join => join.MemberId));
    }

    [Theory]
    [InlineData(ErrorCode.GroupAuthorizationFailed)]
    [InlineData(ErrorCode.InconsistentGroupProtocol)]
    [InlineData(ErrorCode.FencedInstanceId)]
    public async Task What_cannot_be_got_over_is_reported_and_not_tried_again(ErrorCode error)
    {
        _broker.Answer(ApiKey.JoinGroup, _ => new JoinGroupResponse { ErrorCode = error });
        await using var client = new KafkaClient(_broker, Quick);
        await using GroupConsumer consumer = client.CreateConsumer(Options);
        await consumer.SubscribeAsync(["t"]);
        KafkaErrorException refused = await Assert.ThrowsAsync<KafkaErrorException>(
            async () => await consumer.WaitForAssignmentAsync(TimeSpan.FromSeconds(20), default));
        Assert.Equal(error, refused.Code);
        Assert.Single(Joins());
    }

    private JoinGroupRequest[] Joins() => [.. _broker.Requests.OfType<JoinGroupRequest>()];

    /// <summary>Looks at every request and every change of the member's standing; the test fails when there is none for long.</summary>
    private async Task UntilAsync(Func<bool> happened, GroupConsumer consumer)
    {
        while (true)
        {
            Task[] changes = [_broker.NextRequest, consumer.StandingChanged];
            if (happened()) return;
            await Task.WhenAny(changes).WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    private JoinGroupResponse Joined(IRequest request)
    {
        var join = (JoinGroupRequest)request;
        string member = join.MemberId.Length > 0 ? join.MemberId : "m";
        return new JoinGroupResponse
        {
            GenerationId = Interlocked.Increment(ref _generation),
            MemberId = member,
            Leader = member,
            ProtocolName = "range",
            ProtocolType = "consumer",
            Members = [new JoinGroupResponse.JoinGroupResponseMember { MemberId = member, Metadata = join.Protocols[0].Metadata }],
        };
    }

    private async Task<GroupConsumer> SubscribedAsync()
    {
        var client = new KafkaClient(_broker, Quick);
        GroupConsumer consumer = client.CreateConsumer(Options);
        await consumer.SubscribeAsync(["t"]);
        Assert.True(await consumer.WaitForAssignmentAsync(TimeSpan.FromSeconds(20), default));
        return consumer;
    }
}
