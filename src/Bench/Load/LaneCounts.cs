using Gateway.Bench.Measuring;

namespace Gateway.Bench.Load;

/// <summary>What a lane, or all of them, did in the measured part of a run.</summary>
internal sealed class LaneCounts
{
    /// <summary>From the intended moment to the answer.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Of requests never sent or never answered, how long they have waited at least. They are in <see cref="Latency"/> too.</summary>
    public LatencyHistogram NeverAnswered { get; } = new();

    /// <summary>How late the generator itself was, where nothing but its own thread kept a request from leaving.</summary>
    public LatencyHistogram Lateness { get; } = new();

    /// <summary>Answers without an error.</summary>
    public long Requests { get; set; }

    /// <summary>Records in them.</summary>
    public long Records { get; set; }

    /// <summary>Bytes of those.</summary>
    public long Bytes { get; set; }

    /// <summary>Requests whose moment had come and that were never sent, because the window was full to the end or the connection lost.</summary>
    public long Unsent { get; set; }

    /// <summary>Nanoseconds spent waiting for room in the window, that is, for the server.</summary>
    public long WaitedForServer { get; set; }

    /// <summary>Connections that ended before the run did.</summary>
    public long LostConnections { get; set; }

    /// <summary>Failures by the server's name for them.</summary>
    public SortedDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts a failure.</summary>
    public void AddError(string name, long count = 1) => Errors[name] = Errors.GetValueOrDefault(name) + count;

    /// <summary>Adds another's counts.</summary>
    public void Add(LaneCounts other)
    {
        Latency.Add(other.Latency);
        NeverAnswered.Add(other.NeverAnswered);
        Lateness.Add(other.Lateness);
        Requests += other.Requests;
        Records += other.Records;
        Bytes += other.Bytes;
        Unsent += other.Unsent;
        LostConnections += other.LostConnections;
        WaitedForServer += other.WaitedForServer;
        foreach ((string name, long count) in other.Errors) AddError(name, count);
    }
}
