using System.Collections.Concurrent;
using Gateway.Bench.Load;

namespace Gateway.Bench.Tests;

/// <summary>Lanes against a server of this process, whose answers the test decides.</summary>
public sealed class LaneTests
{
    // The one test that needs an end by time; it fails on a machine that lets a thread wait for so long.
    private static readonly LoadSettings Seconds = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(3), 0) { Drain = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public void A_stalled_server_is_charged_for_every_request_that_was_due()
    {
        // One answer only: of 1,000 requests a second, over 3 s, all but the window's are due and never sent.
        using var lane = new ScriptedLane(window: 2, answers: 1);
        LoadResult result = LoadRun.Execute([lane], Seconds, 1000, [], null, null, default);
        Assert.InRange(result.Counts.Unsent, 2998, 3000);
        Assert.True(result.Counts.Latency.Count >= result.Counts.Unsent);
        Assert.True(result.Counts.Latency.Max > 2_500_000_000, $"max {result.Counts.Latency.Max}");
        Assert.Equal(result.Counts.Latency.Count, result.Counts.Latency.AtLeast);
        Assert.NotNull(result.Failure);
        Assert.Equal(3, lane.SentCount);
        Assert.Equal("no answer", Assert.Single(result.Counts.Errors).Key);
        Assert.Equal(2, result.Counts.Errors["no answer"]);
    }

    [Fact]
    public void Without_a_rate_the_window_is_kept_full_and_never_exceeded()
    {
        using var lane = new ScriptedLane(window: 4, answers: int.MaxValue);
        lane.Send(1000);
        Assert.Equal(4, lane.MostInFlight);
        Assert.Equal((1000, 3000, 30_000), (lane.Counts.Requests, lane.Counts.Records, lane.Counts.Bytes));
        Assert.Equal(1000, lane.Counts.Latency.Count);
        Assert.Empty(lane.Counts.Errors);
    }

    [Fact]
    public void Refusals_are_counted_by_name_and_not_as_answers()
    {
        using var lane = new ScriptedLane(window: 1, answers: int.MaxValue) { Error = "NOT_ENOUGH_REPLICAS" };
        lane.Send(10, perSecond: 1000);
        Assert.Equal((0, 0), (lane.Counts.Requests, lane.Counts.Latency.Count));
        Assert.Equal(new KeyValuePair<string, long>("NOT_ENOUGH_REPLICAS", 10), Assert.Single(lane.Counts.Errors));
    }

    [Fact]
    public void A_lost_connection_ends_the_lane_with_its_reason()
    {
        using var lane = new ScriptedLane(window: 1, answers: int.MaxValue) { BreaksAfter = 5 };
        lane.Send(100, perSecond: 1000);
        Assert.Equal(5, lane.Counts.Requests);
        Assert.Equal("connection lost: broken on purpose", Assert.Single(lane.Counts.Errors).Key);
        Assert.Equal(1, lane.Counts.LostConnections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_due_after_the_connection_was_lost_counts_as_never_sent(bool isAnswered)
    {
        using var lane = new ScriptedLane(window: 100, answers: int.MaxValue) { Answers = isAnswered, SendingBreaksAfter = 5 };
        lane.Send(100, perSecond: 1000);
        Assert.Equal(95, lane.Counts.Unsent);
        Assert.InRange(lane.Counts.NeverAnswered.AtLeast, 95, 100);
        Assert.Equal(1, lane.Counts.LostConnections);
    }

    private sealed class ScriptedLane(int window, int answers) : Lane(0, window)
    {
        private readonly BlockingCollection<int> _wire = [];
        private readonly ManualResetEventSlim _hungUp = new();
        private int _inFlight;
        private int _answered;

        public string? Error { get; init; }

        public bool Answers { get; init; } = true;

        public int SendingBreaksAfter { get; init; } = int.MaxValue;

        public int BreaksAfter { get; init; } = int.MaxValue;

        public int SentCount { get; private set; }

        public int MostInFlight { get; private set; }

        protected override bool IsAnswered => Answers;

        public override void Dispose()
        {
            _wire.Dispose();
            _hungUp.Dispose();
            base.Dispose();
        }

        protected override void Send(long number, long moment)
        {
            if (SentCount == SendingBreaksAfter) throw new IOException("broken on purpose");
            SentCount++;
            MostInFlight = Math.Max(MostInFlight, Interlocked.Increment(ref _inFlight));
            _wire.Add((int)number);
        }

        protected override LaneAnswer Receive()
        {
            if (_answered == BreaksAfter) throw new IOException("broken on purpose");
            if (_answered == answers)
            {
                _hungUp.Wait();
                throw new IOException("hung up");
            }
            try
            {
                _wire.Take();
            }
            catch (InvalidOperationException e)
            {
                throw new IOException("hung up", e);
            }
            _answered++;
            Interlocked.Decrement(ref _inFlight);
            return new LaneAnswer(3, 30, Error);
        }

        protected override void Hangup()
        {
            _hungUp.Set();
            _wire.CompleteAdding();
        }
    }
}
