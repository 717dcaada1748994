using Gateway.Bench.Commands;
using Gateway.Bench.Kafka;
using Gateway.Bench.Load;
using Gateway.Bench.Measuring;

namespace Gateway.Bench.Tests;

/// <summary>Batches of partition 3, which ended at offset 1000; ten records in each.</summary>
public sealed class TravelTimesTests
{
    private readonly TravelTimes _travel = new(new Dictionary<int, long> { [3] = 1000 }, recordsPerBatch: 10);

    [Fact]
    public void A_batch_travels_from_its_moment_until_it_was_read()
    {
        _travel.Acknowledged(3, 1000, moment: 100, now: 111);
        _travel.Read(3, 1000, 120);
        Assert.Equal([new Journey(100, 111, 120)], Matched());
        Assert.Equal((20, 9), (new Journey(100, 111, 120).Travel, new Journey(100, 111, 120).AfterAcknowledgement));
        Assert.Equal(0, new Journey(100, 111, 105).AfterAcknowledgement);
        Assert.Empty(_travel.Unread());
    }

    [Fact]
    public void A_reader_that_is_before_the_acknowledgement_waits_for_it()
    {
        _travel.Read(3, 1000, 105);
        Assert.Empty(Matched());
        _travel.Acknowledged(3, 1000, 100, 111);
        Assert.Equal([new Journey(100, 111, 105)], Matched());
    }

    [Fact]
    public void Batches_of_other_producers_are_passed_over()
    {
        _travel.Acknowledged(3, 1007, 100, 110);
        _travel.Acknowledged(3, 1033, 200, 210);
        foreach (long offset in (long[])[1000, 1007, 1017, 1030, 1033, 1043]) _travel.Read(3, offset, offset);
        Assert.Equal([new Journey(100, 110, 1007), new Journey(200, 210, 1033)], Matched());
        Assert.Empty(_travel.Unread());
    }

    [Fact]
    public void Without_acknowledgements_batches_lie_one_behind_the_other()
    {
        _travel.SentUnacknowledged(3, 100, 101);
        _travel.SentUnacknowledged(3, 200, 201);
        _travel.Read(3, 1000, 150);
        _travel.Read(3, 1010, 250);
        Assert.Equal([new Journey(100, 101, 150), new Journey(200, 201, 250)], Matched());
    }

    [Fact]
    public void What_was_never_sent_answered_or_read_has_travelled_until_the_end_at_least()
    {
        _travel.Acknowledged(3, 1000, 100, 110);
        _travel.Acknowledged(3, 1010, 200, 210);
        _travel.Acknowledged(3, 1020, 300, 310);
        // The log lost 1010 before it was read.
        _travel.Read(3, 1000, 120);
        _travel.Read(3, 1020, 320);
        _travel.Acknowledged(3, 1030, 400, 410);
        LatencyHistogram arrived = new();
        foreach (Journey journey in Matched()) arrived.Record(journey.Travel);
        Assert.Equal([200, 400], _travel.Unread());
        var counts = new LaneCounts();
        counts.NeverAnswered.RecordAtLeast(5);
        EndToEndBench.NoteUnread(_travel, new LoadSchedule(0, 300, 500, 0, 1), now: 500, counts, arrived);
        // Two that were read, one that was due and never sent, and of the two unread the one of the measured part.
        Assert.Equal((4, 2, 100), (arrived.Count, arrived.AtLeast, arrived.Max));
        Assert.Equal(2, Assert.Single(counts.Errors).Value);
    }

    private List<Journey> Matched()
    {
        var matched = new List<Journey>();
        while (_travel.TryMatch(3, out Journey journey)) matched.Add(journey);
        return matched;
    }
}
