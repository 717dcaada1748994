using System.Diagnostics.Metrics;
using System.Net;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Streams;

/// <summary>A stream as those who count and wake streams see it.</summary>
/// <param name="signal">What it waits on.</param>
/// <param name="client">Whose it is.</param>
/// <param name="heartbeat">Rest after which it says that it is alive; zero for never.</param>
/// <param name="lag">How often it says how far it is behind; zero for never.</param>
internal sealed class OpenStream(StreamSignal signal, IPAddress client, TimeSpan heartbeat, TimeSpan lag)
{
    internal StreamSignal Signal { get; } = signal;

    internal IPAddress Client { get; } = client;

    internal TimeSpan Heartbeat { get; } = heartbeat;

    internal TimeSpan Lag { get; } = lag;

    /// <summary>When it was opened.</summary>
    internal long Opened { get; init; }

    /// <summary>When it last sent something.</summary>
    internal long LastSent { get; set; }

    /// <summary>When it last looked how far it is behind.</summary>
    internal long LastLag { get; set; }

    /// <summary>When it was last told to look after its topic.</summary>
    internal long LastLook { get; set; }
}

/// <summary>
/// The streams that are open: how many there may be, one clock for the heartbeats of all of them, and their end when the server stops.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class OpenStreams(TimeProvider time, ProxyOptions options) : IDisposable
{
    private static readonly Meter s_meter = new("Gateway.HttpProxy");

    private static readonly UpDownCounter<int> s_count =
        s_meter.CreateUpDownCounter<int>("gateway.http.streams.open", null, "Streams of records that are open, WebSockets among them.");

    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    // So often a stream looks whether its topic has more partitions by now, or is another.
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);

    // Over this long it is counted how fast places become free.
    private static readonly TimeSpan s_departureWindow = TimeSpan.FromMinutes(1);

    /// <summary>What a client of a stream is told that came, or went on, when the server stops.</summary>
    internal static Problem Stopping { get; } = Problem.Of(Problem.BrokerNotAvailable, "The proxy is shutting down.");

    private readonly Lock _lock = new();
    private readonly HashSet<OpenStream> _open = [];
    private readonly Dictionary<IPAddress, int> _perClient = [];
    private readonly Queue<long> _departures = new();
    private ITimer? _clock;
    private bool _isStopped;

    /// <summary>How many are open.</summary>
    internal int Count
    {
        get
        {
            lock (_lock) return _open.Count;
        }
    }

    internal long Now => time.GetTimestamp();

    /// <summary>Takes a place; give it back with <see cref="Leave"/>.</summary>
    /// <exception cref="ProblemException">There is none: 429 with the time in which places have become free lately. The server stops: 503.</exception>
    internal OpenStream Enter(StreamSignal signal, IPAddress client, TimeSpan heartbeat, TimeSpan lag)
    {
        lock (_lock)
        {
            if (_isStopped) throw new ProblemException(Stopping);
            if (_open.Count >= options.MaxStreams) throw Full($"There are {_open.Count} streams already, which is the limit.");
            int ofClient = _perClient.GetValueOrDefault(client);
            if (ofClient >= options.MaxStreamsPerClient)
                throw Full($"{client} has {ofClient} streams already, which is the limit for one address.");
            var stream = new OpenStream(signal, client, heartbeat, lag) { Opened = Now, LastSent = Now, LastLag = Now, LastLook = Now };
            _open.Add(stream);
            s_count.Add(1);
            _perClient[client] = ofClient + 1;
            _clock ??= time.CreateTimer(static all => ((OpenStreams)all!).Tick(), this, s_tick, s_tick);
            return stream;
        }
    }

    /// <summary>Takes a place for a stream of records that are sent, which hears of its end by itself; it is given back when disposed of.</summary>
    /// <exception cref="ProblemException">As <see cref="Enter"/>.</exception>
    internal IDisposable Hold(IPAddress client) => new HeldPlace(this, Enter(new StreamSignal(), client, TimeSpan.Zero, TimeSpan.Zero));

    internal void Leave(OpenStream stream)
    {
        lock (_lock)
        {
            _open.Remove(stream);
            s_count.Add(-1);
            int left = _perClient[stream.Client] - 1;
            if (left == 0) _perClient.Remove(stream.Client);
            else _perClient[stream.Client] = left;
            _departures.Enqueue(Now);
            ForgetOldDepartures();
            if (_open.Count > 0) return;
            _clock?.Dispose();
            _clock = null;
        }
    }

    /// <summary>Ends all streams in an orderly way, so that their clients come back with their cursors, and takes no new ones.</summary>
    internal void Stop()
    {
        OpenStream[] open;
        lock (_lock)
        {
            _isStopped = true;
            open = [.. _open];
        }
        foreach (OpenStream stream in open) stream.Signal.Raise(StreamEvents.Stop);
    }

    public void Dispose() => Stop();

    private void Tick()
    {
        List<(StreamSignal Signal, StreamEvents Events)> due = [];
        lock (_lock)
        {
            foreach (OpenStream stream in _open)
            {
                StreamEvents events = DueFor(stream);
                if (events != StreamEvents.None) due.Add((stream.Signal, events));
            }
        }
        foreach ((StreamSignal signal, StreamEvents events) in due) signal.Raise(events);
    }

    private StreamEvents DueFor(OpenStream stream)
    {
        if (time.GetElapsedTime(stream.Opened) >= options.MaxStreamAge) return StreamEvents.Stop;
        StreamEvents events = StreamEvents.None;
        if (stream.Heartbeat > TimeSpan.Zero && time.GetElapsedTime(stream.LastSent) >= stream.Heartbeat) events |= StreamEvents.Heartbeat;
        if (stream.Lag > TimeSpan.Zero && time.GetElapsedTime(stream.LastLag) >= stream.Lag) events |= StreamEvents.Lag;
        if (time.GetElapsedTime(stream.LastLook) < s_look) return events;
        stream.LastLook = Now;
        return events | StreamEvents.Look;
    }

    private ProblemException Full(string why)
    {
        ForgetOldDepartures();
        double wait = s_departureWindow.TotalSeconds / Math.Max(_departures.Count, 1);
        return new ProblemException(Problem.Of(Problem.TooManyRequests, why) with { RetryAfterSeconds = (int)Math.Ceiling(wait) });
    }

    private void ForgetOldDepartures()
    {
        while (_departures.TryPeek(out long first) && (_departures.Count > 60 || time.GetElapsedTime(first) > s_departureWindow))
            _departures.Dequeue();
    }

    private sealed class HeldPlace(OpenStreams streams, OpenStream stream) : IDisposable
    {
        public void Dispose() => streams.Leave(stream);
    }
}
