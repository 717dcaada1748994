using System.Net.Sockets;
using Gateway.Bench.Measuring;

namespace Gateway.Bench.Load;

/// <summary>
/// One connection under load. Paced, one thread sends at the moments of the schedule and another receives; unpaced, the thread that
/// receives sends the next request at once, so that at a window of one no other thread has to wake. Paced lanes with one request in flight
/// can share a thread (<see cref="LanePoll"/>).
/// </summary>
/// <remarks>
/// Blocking sockets and plain threads: what the generator adds to a latency is then one wake-up, the same in every run, and no
/// scheduler of the runtime stands between the intended moment and the system call.
/// </remarks>
internal abstract class Lane(int index, int window) : IDisposable
{
    private const int StackBytes = 256 * 1024;
    private readonly SemaphoreSlim _room = new(window);
    private readonly long[] _moments = new long[window + 1];
    private readonly List<Thread> _threads = [];
    private LoadSchedule _schedule = null!;
    private long _sent;
    private long _received;
    private long _free; // since when nothing is in flight
    private volatile bool _sentAll;
    private volatile bool _failed;

    /// <summary>What was measured; read it after <see cref="Join"/>.</summary>
    public LaneCounts Counts { get; } = new();

    /// <summary>Records answered so far, warm-up included; for progress.</summary>
    public long RecordsSoFar { get; private set; }

    /// <summary>For a lane that reads what others write: their schedule, whose moments are the ones that count.</summary>
    public LoadSchedule? Measured { get; set; }

    /// <summary>The lane's number.</summary>
    protected int Index => index;

    /// <summary>Whether the server answers at all (produce with acks=0 does not).</summary>
    protected virtual bool IsAnswered => true;

    /// <summary>When the request was to be sent whose answer <see cref="Receive"/> is taking.</summary>
    protected long AnsweredMoment => _moments[_received % _moments.Length];

    /// <summary>Begins to send.</summary>
    public void Start(LoadSchedule schedule)
    {
        _schedule = schedule;
        if (!schedule.IsPaced && IsAnswered)
        {
            Run("load", Loop);
            return;
        }
        Run("send", SendLoop);
        if (IsAnswered) Run("receive", ReceiveLoop);
    }

    /// <summary>Begins to send from a thread that serves other lanes too and has ended when the run is over.</summary>
    internal void StartShared(LoadSchedule schedule, Thread thread)
    {
        _schedule = schedule;
        _threads.Add(thread);
    }

    /// <summary>Whether the one request that may be in flight is.</summary>
    internal bool IsWaiting => !_failed && _received < _sent;

    /// <summary>When the next request is to be sent; the end of time when there is none.</summary>
    internal long NextMoment =>
        !_failed && _sent < _schedule.RequestsPerLane && _schedule.MomentOf(index, _sent) is var moment && Math.Max(moment, _free) < _schedule.End ? moment : long.MaxValue;

    /// <summary>Sends the request that is due, or takes the answer that has begun to come.</summary>
    internal void Step()
    {
        try
        {
            if (IsWaiting) TakeAnswer();
            else SendDue(NextMoment);
        }
        catch (Exception e) when (IsLoss(e))
        {
            Lose(e);
        }
        _free = Clock.Now;
    }

    /// <summary>Nothing is sent from here on.</summary>
    internal void End()
    {
        if (IsWaiting) _failed = true;
        NoteWaited(_schedule.MomentOf(index, _sent), _free);
        NoteUnsent(_sent);
    }

    /// <summary>Waits for the last answer; what has not come after <paramref name="drain"/> counts as an error.</summary>
    public void Join(TimeSpan drain)
    {
        long deadline = Clock.Now + (long)(drain.TotalSeconds * 1e9);
        foreach (Thread thread in _threads)
        {
            if (thread.Join(TimeSpan.FromMilliseconds(Math.Max(0, (deadline - Clock.Now) / 1e6)))) continue;
            _failed = true;
            Hangup();
            thread.Join();
        }
        NoteUnanswered();
        Counts.Latency.Add(Counts.NeverAnswered);
    }

    /// <inheritdoc/>
    public virtual void Dispose() => _room.Dispose();

    /// <summary>Sends the <paramref name="number"/>th request whole.</summary>
    /// <param name="number">Counted from 0.</param>
    /// <param name="moment">When it was to be sent.</param>
    protected abstract void Send(long number, long moment);

    /// <summary>Waits for the next answer; answers come in the order of the requests.</summary>
    protected abstract LaneAnswer Receive();

    /// <summary>Wakes whoever waits in <see cref="Receive"/>.</summary>
    protected abstract void Hangup();

    /// <summary>What an answer to a request is worth when none comes.</summary>
    protected virtual LaneAnswer Unanswered => default;

    private void Run(string what, Action loop)
    {
        var thread = new Thread(() => Guarded(loop), StackBytes) { Name = $"{what} {index}", IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    private void Guarded(Action loop)
    {
        try
        {
            loop();
        }
        catch (Exception e) when (IsLoss(e))
        {
            Lose(e);
        }
    }

    private static bool IsLoss(Exception e) => e is SocketException or IOException or ObjectDisposedException;

    private void Lose(Exception e)
    {
        bool wasOver = _sentAll && Volatile.Read(ref _received) == Volatile.Read(ref _sent);
        if (wasOver || _failed) return;
        _failed = true;
        lock (Counts)
        {
            Counts.AddError($"connection lost: {e.Message}");
            Counts.LostConnections++;
        }
        Hangup();
        _room.Release();
    }

    private void Loop()
    {
        for (int i = 0; i < window && _sent < _schedule.RequestsPerLane; i++) SendNow();
        while (_received < _sent)
        {
            TakeAnswer();
            if (_sent < _schedule.RequestsPerLane && Clock.Now < _schedule.End) SendNow();
        }
        _sentAll = true;
    }

    private void SendNow()
    {
        long now = Clock.Now;
        Note(now);
        Send(_sent++, now);
    }

    private void SendDue(long moment)
    {
        NoteWaited(moment, _free);
        if (_schedule.Measures(moment)) Counts.Lateness.Record(Clock.Now - Math.Max(moment, _free));
        Note(moment);
        Send(_sent, moment);
        Volatile.Write(ref _sent, _sent + 1);
    }

    private void SendLoop()
    {
        long number = 0;
        try
        {
            SendAll(ref number);
        }
        finally
        {
            // Also when the connection was lost: what was due after it counts, answered or not.
            NoteUnsent(number);
        }
        _sentAll = true;
        if (!IsAnswered || Volatile.Read(ref _received) == _sent) Hangup();
    }

    private void SendAll(ref long number)
    {
        long lastSent = 0;
        for (; !_failed && number < _schedule.RequestsPerLane; number++)
        {
            long moment = _schedule.IsPaced ? _schedule.MomentOf(index, number) : Clock.Now;
            if (moment >= _schedule.End) break;
            if (_schedule.IsPaced) Clock.SleepUntil(moment);
            long late = IsAnswered && !_room.Wait(0) ? WaitForRoom() : Clock.Now - Math.Max(moment, lastSent);
            if (late < 0 || _failed) break;
            if (_schedule.Measures(moment)) Counts.Lateness.Record(late);
            Note(moment);
            Send(number, moment);
            lastSent = Clock.Now;
            Volatile.Write(ref _sent, number + 1);
            if (!IsAnswered) Count(Unanswered, moment, lastSent);
        }
    }

    /// <summary>0, since the generator was not to blame; -1 when the run ended meanwhile.</summary>
    private long WaitForRoom()
    {
        long from = Clock.Now;
        bool found = _room.Wait(TimeSpan.FromMilliseconds(Math.Max(0, (_schedule.End - from) / 1e6)));
        NoteWaited(from, Clock.Now);
        return found ? 0 : -1;
    }

    private void NoteWaited(long from, long until)
    {
        long waited = Math.Min(until, _schedule.End) - Math.Max(from, _schedule.MeasuredFrom);
        if (waited > 0) Counts.WaitedForServer += waited;
    }

    private void ReceiveLoop()
    {
        while (!(_sentAll && _received == Volatile.Read(ref _sent)))
        {
            TakeAnswer();
            _room.Release();
        }
    }

    private void TakeAnswer()
    {
        LaneAnswer answer = Receive();
        Count(answer, AnsweredMoment, Clock.Now);
        Volatile.Write(ref _received, _received + 1);
    }

    // The ring has one slot more than the window: the slot of an answer is read before its room is given back.
    private void Note(long moment) => _moments[Volatile.Read(ref _sent) % _moments.Length] = moment;

    private void Count(in LaneAnswer answer, long moment, long now)
    {
        RecordsSoFar += answer.Records;
        if (answer.Error is { } error)
        {
            if (_schedule.Measures(now)) lock (Counts) Counts.AddError(error);
            return;
        }
        if (_schedule.Measures(moment)) Counts.Latency.Record(now - moment);
        if (!_schedule.Measures(now)) return;
        Counts.Requests++;
        Counts.Records += answer.Records;
        Counts.Bytes += answer.Bytes;
    }

    private void NoteUnanswered()
    {
        long missing = IsAnswered ? _sent - _received : 0;
        if (missing == 0) return;
        if (Counts.Errors.Count == 0) Counts.AddError("no answer", missing);
        for (long number = _received; number < _sent; number++)
        {
            long moment = _moments[number % _moments.Length];
            if (_schedule.Measures(moment)) Counts.NeverAnswered.RecordAtLeast(Clock.Now - moment);
        }
    }

    // What was due and never left has waited until the end at least: leaving it out would flatter a server that stalls.
    private void NoteUnsent(long number)
    {
        if (!_schedule.IsPaced) return;
        for (; number < _schedule.RequestsPerLane && _schedule.MomentOf(index, number) is var moment && moment < _schedule.End; number++)
        {
            if (!_schedule.Measures(moment)) continue;
            Counts.Unsent++;
            Counts.NeverAnswered.RecordAtLeast(_schedule.End - moment);
        }
    }
}
