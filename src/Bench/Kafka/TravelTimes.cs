namespace Gateway.Bench.Kafka;

/// <summary>
/// When each batch was to be sent, by partition and number, so that a reader can tell how long it has travelled. Each partition has one
/// producer and one reader, and every batch holds equally many records: the offset tells which batch it is.
/// </summary>
internal sealed class TravelTimes
{
    private const int Remembered = 1 << 16;
    private readonly Dictionary<int, Flight> _flights;
    private readonly int _recordsPerBatch;

    /// <summary>For partitions whose next offsets are known.</summary>
    public TravelTimes(IReadOnlyDictionary<int, long> nextOffsets, int recordsPerBatch)
    {
        _flights = nextOffsets.ToDictionary(static p => p.Key, static p => new Flight(p.Value));
        _recordsPerBatch = recordsPerBatch;
    }

    /// <summary>Notes the next batch of a partition, before it is sent.</summary>
    public void Sent(int partition, long moment)
    {
        Flight flight = _flights[partition];
        Volatile.Write(ref flight.Moments[flight.Sent % Remembered], moment);
        flight.Sent++;
    }

    /// <summary>The moment of the batch at an offset; 0 when so many came after it that it is forgotten.</summary>
    public long MomentOf(int partition, long baseOffset)
    {
        Flight flight = _flights[partition];
        long number = (baseOffset - flight.FirstOffset) / _recordsPerBatch;
        return Volatile.Read(ref flight.Sent) - number > Remembered - 1 ? 0 : Volatile.Read(ref flight.Moments[number % Remembered]);
    }

    private sealed class Flight(long firstOffset)
    {
        public readonly long FirstOffset = firstOffset;
        public readonly long[] Moments = new long[Remembered];
        public long Sent;
    }
}
