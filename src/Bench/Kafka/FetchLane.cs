using System.Buffers.Binary;
using Gateway.Bench.Load;
using Gateway.Bench.Measuring;
using Gateway.Cli.Output;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Bench.Kafka;

/// <summary>What a fetch lane reads.</summary>
/// <param name="Broker">Leader of all the partitions.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Offsets">Where to begin, by partition.</param>
/// <param name="MaxBytes">Of one answer.</param>
/// <param name="StartsOver">Whether to begin again at the end of the log, so that reading can go on as long as it is measured.</param>
internal sealed record FetchTarget(HostAndPort Broker, string Topic, IReadOnlyDictionary<int, long> Offsets, int MaxBytes, bool StartsOver);

/// <summary>A consumer's connection: one fetch of all its partitions at a time.</summary>
internal sealed class FetchLane : Lane
{
    private const int AbortedTransactionBytes = 16;
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(500);
    private readonly FetchTarget _target;
    private readonly TravelTimes? _travel;
    private readonly KafkaSocket _socket;
    private readonly FetchFrame _frame;
    private readonly int[] _partitions;
    private readonly long[] _offsets;
    private readonly long[] _ends;

    /// <summary>Connects.</summary>
    /// <param name="index">The lane's number.</param>
    /// <param name="target">What to read.</param>
    /// <param name="travel">When batches were sent; null when only the rate counts.</param>
    public FetchLane(int index, FetchTarget target, TravelTimes? travel = null) : base(index, window: 1)
    {
        _target = target;
        _travel = travel;
        _partitions = [.. target.Offsets.Keys];
        _offsets = [.. target.Offsets.Values];
        _ends = new long[_partitions.Length];
        _frame = new FetchFrame(target.Topic, _partitions, target.MaxBytes, MaxWait);
        _socket = KafkaSocket.Connect(target.Broker);
    }

    /// <summary>How long batches took from the moment they were to be sent until they were here.</summary>
    public LatencyHistogram Travel { get; } = new();

    /// <summary>How much later than the producer's acknowledgement batches were here; 0 for those that were here first.</summary>
    public LatencyHistogram AfterAcknowledgement { get; } = new();

    /// <summary>Matches batches whose acknowledgement came after they were read. Call it when producer and reader have ended.</summary>
    public void NoteRest()
    {
        foreach (int partition in _partitions) NoteTravels(partition);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _socket.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void Send(long number, long moment)
    {
        for (int i = 0; i < _offsets.Length; i++) _frame.SetOffset(i, _offsets[i]);
        _socket.Send(_frame.Bytes, (int)number);
    }

    /// <inheritdoc/>
    protected override LaneAnswer Receive()
    {
        // Version 11: correlation id, throttle time, error, session, one topic, the partitions in any order.
        ReadOnlySpan<byte> answer = _socket.Receive().Span;
        long now = Clock.Now;
        int at = sizeof(int) + sizeof(int);
        var error = (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(answer[at..]);
        at += sizeof(short) + sizeof(int);
        int topics = BinaryPrimitives.ReadInt32BigEndian(answer[at..]);
        at += sizeof(int);
        if (error != ErrorCode.None) return new LaneAnswer(0, 0, KafkaErrorName.Of(error));
        if (topics == 0) return default;
        at += sizeof(short) + BinaryPrimitives.ReadInt16BigEndian(answer[at..]);
        int partitions = BinaryPrimitives.ReadInt32BigEndian(answer[at..]);
        at += sizeof(int);
        long records = 0, bytes = 0;
        for (int i = 0; i < partitions; i++)
        {
            int index = Array.IndexOf(_partitions, BinaryPrimitives.ReadInt32BigEndian(answer[at..]));
            at += sizeof(int);
            error = (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(answer[at..]);
            at += sizeof(short);
            long highWatermark = BinaryPrimitives.ReadInt64BigEndian(answer[at..]);
            at += 3 * sizeof(long);
            int aborted = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(answer[at..]));
            at += sizeof(int) + aborted * AbortedTransactionBytes + sizeof(int);
            int length = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(answer[at..]));
            at += sizeof(int);
            if (error != ErrorCode.None) return new LaneAnswer(0, 0, KafkaErrorName.Of(error));
            _ends[index] = highWatermark;
            records += Read(index, answer.Slice(at, length), now);
            bytes += length;
            at += length;
        }
        return new LaneAnswer(records, bytes);
    }

    /// <inheritdoc/>
    protected override void Hangup() => _socket.Hangup();

    private long Read(int index, ReadOnlySpan<byte> batches, long now)
    {
        long records = 0;
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches))
        {
            // The first batch may begin before the offset asked for.
            if (batch.Header.LastOffset < _offsets[index]) continue;
            records += batch.Header.RecordsCount;
            _offsets[index] = batch.Header.LastOffset + 1;
            _travel?.Read(_partitions[index], batch.Header.BaseOffset, now);
        }
        NoteTravels(_partitions[index]);
        if (_target.StartsOver && _offsets[index] >= _ends[index]) _offsets[index] = _target.Offsets[_partitions[index]];
        return records;
    }

    private void NoteTravels(int partition)
    {
        while (_travel is not null && _travel.TryMatch(partition, out Journey journey))
        {
            if (!Measured!.Measures(journey.Moment)) continue;
            Travel.Record(journey.Travel);
            AfterAcknowledgement.Record(journey.AfterAcknowledgement);
        }
    }
}
