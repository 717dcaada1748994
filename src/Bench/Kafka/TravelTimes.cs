using System.Collections.Concurrent;

namespace Gateway.Bench.Kafka;

/// <summary>
/// Brings together what a producer wrote and what a reader read, by partition and offset, so that a reader can tell how long a batch has
/// travelled. The offset is the one the server acknowledged, so batches that others write between are passed over and one that was
/// refused moves nothing. Each partition has one producer and one reader here, and both see offsets rise.
/// </summary>
internal sealed class TravelTimes
{
    private readonly Dictionary<int, Flight> _flights;
    private readonly int _recordsPerBatch;

    /// <summary>For partitions whose next offsets are known.</summary>
    public TravelTimes(IReadOnlyDictionary<int, long> nextOffsets, int recordsPerBatch)
    {
        _flights = nextOffsets.ToDictionary(static p => p.Key, static p => new Flight { Next = p.Value });
        _recordsPerBatch = recordsPerBatch;
    }

    /// <summary>Notes a batch that the server acknowledged at an offset.</summary>
    /// <param name="partition">Where it is.</param>
    /// <param name="baseOffset">What the server answered.</param>
    /// <param name="moment">When it was to be sent.</param>
    /// <param name="now">When the acknowledgement came.</param>
    public void Acknowledged(int partition, long baseOffset, long moment, long now) => _flights[partition].Written.Enqueue(new(baseOffset, moment, now));

    /// <summary>Notes a batch sent with acks=0. It lies behind the one before it, as long as nobody else writes to the partition.</summary>
    public void SentUnacknowledged(int partition, long moment, long now)
    {
        Flight flight = _flights[partition];
        flight.Written.Enqueue(new(flight.Next, moment, now));
        flight.Next += _recordsPerBatch;
    }

    /// <summary>Notes a batch that was read.</summary>
    public void Read(int partition, long baseOffset, long now) => _flights[partition].Arrivals.Enqueue((baseOffset, now));

    /// <summary>
    /// The next batch of which both ends are known; false when there is none yet. A reader may have a batch before its producer has the
    /// acknowledgement: it then waits here. For the reader's thread only.
    /// </summary>
    public bool TryMatch(int partition, out Journey journey)
    {
        Flight flight = _flights[partition];
        while (flight.Arrivals.TryPeek(out (long Offset, long At) arrival) && flight.Written.TryPeek(out WrittenBatch written))
        {
            if (arrival.Offset <= written.Offset) flight.Arrivals.Dequeue();
            if (arrival.Offset < written.Offset) continue;
            flight.Written.TryDequeue(out _);
            if (arrival.Offset > written.Offset)
            {
                flight.Passed.Add(written.Moment);
                continue;
            }
            journey = new Journey(written.Moment, written.AcknowledgedAt, arrival.At);
            return true;
        }
        journey = default;
        return false;
    }

    /// <summary>When batches were to be sent that were written and never read. Ask when all threads have ended and nothing matches any more.</summary>
    public IEnumerable<long> Unread() => _flights.Values.SelectMany(static f => f.Passed.Concat(f.Written.Select(static w => w.Moment)));

    private readonly record struct WrittenBatch(long Offset, long Moment, long AcknowledgedAt);

    private sealed class Flight
    {
        public readonly ConcurrentQueue<WrittenBatch> Written = new();
        public readonly Queue<(long Offset, long At)> Arrivals = new();
        public readonly List<long> Passed = [];
        public long Next;
    }
}

/// <summary>One batch from producer to reader, in nanoseconds of <see cref="Measuring.Clock"/>.</summary>
/// <param name="Moment">When it was to be sent.</param>
/// <param name="AcknowledgedAt">When its producer had the acknowledgement.</param>
/// <param name="ArrivedAt">When its reader had it.</param>
internal readonly record struct Journey(long Moment, long AcknowledgedAt, long ArrivedAt)
{
    /// <summary>From the intended moment until it was read.</summary>
    public long Travel => ArrivedAt - Moment;

    /// <summary>From the acknowledgement until it was read; 0 when the reader was first.</summary>
    public long AfterAcknowledgement => Math.Max(0, ArrivedAt - AcknowledgedAt);
}
