using Gateway.Bench.Load;
using Gateway.Bench.Measuring;
using Gateway.Cli.Output;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Bench.Kafka;

/// <summary>What a produce lane writes, and where.</summary>
/// <param name="Broker">Leader of all the partitions.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Partitions">Written in turn.</param>
/// <param name="Acks">-1, 1 or 0.</param>
/// <param name="Batch">What each request carries.</param>
/// <param name="Window">Requests in flight at most.</param>
internal sealed record ProduceTarget(HostAndPort Broker, string Topic, IReadOnlyList<int> Partitions, short Acks, BatchShape Batch, int Window);

/// <summary>A producer's connection: one batch for one partition a request.</summary>
internal sealed class ProduceLane : Lane
{
    /// <summary>Different batches, so that a server cannot gain by seeing the same bytes again.</summary>
    private const int Variants = 16, VariantBytesMax = 4 << 20;

    /// <summary>With keys there are enough batches for most of them to occur.</summary>
    private const int KeyedVariants = 4096, KeyedVariantBytesMax = 64 << 20;

    private readonly ProduceTarget _target;
    private readonly TravelTimes? _travel;
    private readonly KafkaSocket _socket;
    private readonly ProduceFrame[] _frames;
    private long _answered;

    /// <summary>Connects and makes the requests.</summary>
    public ProduceLane(int index, ProduceTarget target, TravelTimes? travel) : base(index, target.Window)
    {
        _target = target;
        _travel = travel;
        var frames = new List<ProduceFrame>();
        (int most, int mostBytes) = target.Batch.Keys > 0 ? (KeyedVariants, KeyedVariantBytesMax) : (Variants, VariantBytesMax);
        for (int bytes = 0; frames.Count < most && (frames.Count == 0 || bytes < mostBytes); bytes += frames[^1].BatchBytes)
        {
            using RecordsLease batch = target.Batch.Build(index * most + frames.Count, nowMs: 0);
            frames.Add(new ProduceFrame(target.Topic, target.Acks, batch));
        }
        _frames = [.. frames];
        _socket = KafkaSocket.Connect(target.Broker);
    }

    /// <inheritdoc/>
    protected override bool IsAnswered => _target.Acks != 0;

    /// <inheritdoc/>
    protected override LaneAnswer Unanswered => new(_target.Batch.Records, _frames[0].BatchBytes);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _socket.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void Send(long number, long moment)
    {
        ProduceFrame frame = _frames[number % _frames.Length];
        int partition = PartitionOf(number);
        frame.SetPartition(partition);
        frame.Stamp(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        _socket.Send(frame.Bytes, (int)number);
        if (!IsAnswered) _travel?.SentUnacknowledged(partition, moment, Clock.Now);
    }

    /// <inheritdoc/>
    protected override LaneAnswer Receive()
    {
        ReadOnlySpan<byte> answer = _socket.Receive().Span;
        int partition = PartitionOf(_answered++);
        ErrorCode error = ProduceFrame.ErrorOf(answer);
        if (error != ErrorCode.None) return new LaneAnswer(0, 0, KafkaErrorName.Of(error));
        _travel?.Acknowledged(partition, ProduceFrame.BaseOffsetOf(answer), AnsweredMoment, Clock.Now);
        return new LaneAnswer(_target.Batch.Records, _frames[0].BatchBytes);
    }

    /// <inheritdoc/>
    protected override void Hangup() => _socket.Hangup();

    // Lanes that share partitions begin with different ones.
    private int PartitionOf(long number) => _target.Partitions[(int)((number + (_travel is null ? Index : 0)) % _target.Partitions.Count)];
}
