namespace Gateway.Bench.Kafka;

/// <summary>
/// When each batch was to be sent and when it was acknowledged, by partition and number, so that a reader can tell how long it has
/// travelled. Each partition has one producer and one reader, and every batch holds equally many records: the offset tells which it is.
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

    /// <summary>Notes the acknowledgement of the next batch of a partition; acknowledgements come in the order of the batches.</summary>
    public void Acknowledged(int partition, long moment)
    {
        Flight flight = _flights[partition];
        Volatile.Write(ref flight.Acknowledgements[flight.Acknowledged % Remembered], moment);
        Volatile.Write(ref flight.Acknowledged, flight.Acknowledged + 1);
    }

    /// <summary>
    /// How long before <paramref name="now"/> the producer had the acknowledgement of the batch at an offset; 0 when it has none yet,
    /// and null when so many came after it that it is forgotten.
    /// </summary>
    public long? SinceAcknowledgement(int partition, long baseOffset, long now)
    {
        Flight flight = _flights[partition];
        long number = (baseOffset - flight.FirstOffset) / _recordsPerBatch, acknowledged = Volatile.Read(ref flight.Acknowledged);
        if (number >= acknowledged) return 0;
        return acknowledged - number > Remembered - 1 ? null : Math.Max(0, now - Volatile.Read(ref flight.Acknowledgements[number % Remembered]));
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
        public readonly long[] Acknowledgements = new long[Remembered];
        public long Sent;
        public long Acknowledged;
    }
}
