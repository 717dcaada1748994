using Gateway.Common.Bodies;

namespace Gateway.HttpProxy.Streams;

/// <summary>
/// An output that takes so many records in a second and not more: a few at a time, ten times in a second, or one by one where fewer are
/// allowed. What it does not take waits in the log.
/// </summary>
internal sealed class PacedOutput : IStreamOutput, IDisposable
{
    private const int TurnsPerSecond = 10;

    private readonly IStreamOutput _to;
    private readonly StreamSignal _signal;
    private readonly long _perTurn;
    private readonly TimeSpan _turn;
    private readonly ITimer _clock;
    private readonly Lock _lock = new();
    private long _room;
    private bool _isResting;

    /// <param name="to">Where the records go.</param>
    /// <param name="perSecond">How many may go there in a second.</param>
    /// <param name="time">The clock.</param>
    /// <param name="signal">What to raise when there is room again.</param>
    internal PacedOutput(IStreamOutput to, long perSecond, TimeProvider time, StreamSignal signal)
    {
        (_to, _signal) = (to, signal);
        _room = _perTurn = Math.Max(perSecond / TurnsPerSecond, 1);
        _turn = TimeSpan.FromSeconds((double)_perTurn / perSecond);
        _clock = time.CreateTimer(static self => ((PacedOutput)self!).BeginTurn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The output with the pace a stream asks for, or as it is when it asks for none.</summary>
    internal static IStreamOutput Of(IStreamOutput to, StreamQuery query, ProxyService service, StreamSignal signal) =>
        query.MaxRate is { } rate ? new PacedOutput(to, rate, service.Client.Options.Time, signal) : to;

    public StreamFraming Framing => _to.Framing;

    public long Room
    {
        get
        {
            lock (_lock) return Math.Min(_room, _to.Room);
        }
    }

    public void Take(long records)
    {
        _to.Take(records);
        if (records == 0) return;
        lock (_lock)
        {
            _room -= records;
            if (_isResting) return;
            _isResting = true;
            _clock.Change(_turn, Timeout.InfiniteTimeSpan);
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> page, CancellationToken cancel) => _to.SendAsync(page, cancel);

    public ValueTask SendLargeAsync(ReadOnlyMemory<byte> page, ReaderPatience patience, CancellationToken cancel) =>
        _to.SendLargeAsync(page, patience, cancel);

    public void Dispose() => _clock.Dispose();

    private void BeginTurn()
    {
        lock (_lock) (_room, _isResting) = (_perTurn, false);
        _signal.Raise(StreamEvents.Records);
    }
}
