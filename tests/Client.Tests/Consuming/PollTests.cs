using Gateway.Client.Consuming;
using Gateway.Client.Tests.Fakes;

namespace Gateway.Client.Tests.Consuming;

public sealed class PollTests
{
    /// <summary>
    /// The moment between a look at what has come and one at the time: giving up ends the delay too, and must not pass for "nothing came".
    /// </summary>
    [Fact]
    public async Task A_poll_that_is_given_up_while_it_looks_at_the_time_says_so()
    {
        using var stop = new CancellationTokenSource();
        // The first look is the start of the poll.
        var time = new StoppingTime(stop, look: 2);
        await using var client = new KafkaClient(new FakeBroker().Topic("t", 1), new ClientOptions { Time = time });
        await using GroupConsumer consumer = client.CreateConsumer(new ConsumerOptions());
        consumer.Assign([]);
        time.Start();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await consumer.PollAsync(1000, TimeSpan.FromHours(1), stop.Token));
        Assert.Equal(2, time.Looks);
    }

    private sealed class StoppingTime(CancellationTokenSource stop, int look) : TimeProvider
    {
        private bool _isStarted;

        internal int Looks { get; private set; }

        internal void Start() => _isStarted = true;

        public override long GetTimestamp()
        {
            if (_isStarted && ++Looks == look) stop.Cancel();
            return base.GetTimestamp();
        }
    }
}
