using Gateway.Common.Buffers;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// What records on their way to readers may hold, all together, inflated and as JSON. Each reader has a share. One that needs more waits in line, holding
/// nothing meanwhile, and keeps its place until it has had all that its record takes; one whose client has not taken what it was sent lets go of what it
/// can make anew as soon as somebody waits.
/// </summary>
/// <remarks>
/// Thread-safe. An eighth is for small shares alone, whatever large ones hold. Invariant: what is taken is at most the limit, and nobody is served while
/// somebody waits in the same line who came before.
/// </remarks>
internal sealed class ReaderMemory(long limit)
{
    private static readonly Comparer<ReaderShare> s_inOrder = Comparer<ReaderShare>.Create(static (one, other) => one.Number.CompareTo(other.Number));

    private readonly SortedSet<ReaderShare> _small = new(s_inOrder);
    private readonly SortedSet<ReaderShare> _large = new(s_inOrder);
    private readonly LinkedList<IIdleMemory> _idle = new();
    private long _lastNumber;
    private bool _isServing;

    /// <summary>Guards everything here and in the shares.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>A share up to this size is small: a window into an ordinary batch, as far as its codec refers back by default, and a page.</summary>
    internal long SmallShare { get; } = Math.Min(4L << 20, limit / 16);

    /// <summary>What one share can ever be.</summary>
    internal long Most { get; } = limit - (limit / 8);

    /// <summary>How much is taken.</summary>
    internal long Used { get; private set; }

    /// <summary>How many wait.</summary>
    internal int Waiting
    {
        get
        {
            lock (Gate) return _small.Count + _large.Count;
        }
    }

    /// <summary>
    /// Takes bytes for a share that will then be so large; at the cost of those who do not need what they have just now. Called with the gate held.
    /// </summary>
    internal bool TryTake(ReaderShare share, long bytes, long whole) =>
        (LineOf(whole).Min is not { } first || share.IsBefore(first)) && Fits(bytes, whole);

    /// <summary>Gives bytes back.</summary>
    internal void Return(long bytes)
    {
        lock (Gate)
        {
            Used -= bytes;
            Serve();
        }
    }

    /// <summary>A place at the end of the line. Called with the gate held.</summary>
    internal long NextNumber() => ++_lastNumber;

    /// <summary>Gets in line, at the place that the share's number says. Called with the gate held.</summary>
    internal void Join(ReaderShare share)
    {
        LineOf(share.Wanted).Add(share);
        Serve();
    }

    /// <summary>Leaves the line to those behind. Called with the gate held.</summary>
    internal void Leave(ReaderShare share)
    {
        LineOf(share.Wanted).Remove(share);
        Serve();
    }

    /// <summary>From now on somebody's memory may be taken from it.</summary>
    internal void Offer(IIdleMemory idle)
    {
        lock (Gate)
        {
            _idle.AddLast(idle);
            Serve();
        }
    }

    /// <summary>No longer; false when it was taken.</summary>
    internal bool TryReclaim(IIdleMemory idle)
    {
        lock (Gate) return _idle.Remove(idle);
    }

    private SortedSet<ReaderShare> LineOf(long whole) => whole <= SmallShare ? _small : _large;

    private bool Fits(long bytes, long whole)
    {
        long ceiling = whole <= SmallShare ? limit : Most;
        while (Used + bytes > ceiling)
        {
            if (_idle.First is not { } oldest) return false;
            _idle.RemoveFirst();
            // What it gives back is for who asks here.
            bool wasServing = _isServing;
            _isServing = true;
            oldest.Value.Evict();
            _isServing = wasServing;
        }
        Used += bytes;
        return true;
    }

    private void Serve()
    {
        if (_isServing) return;
        Serve(_small);
        Serve(_large);
    }

    private void Serve(SortedSet<ReaderShare> line)
    {
        while (line.Min is { } first && Fits(first.Missing, first.Wanted))
        {
            line.Remove(first);
            first.Serve();
        }
    }
}

/// <summary>Memory that its holder can do without for the time being.</summary>
internal interface IIdleMemory
{
    /// <summary>Gives it back. Called with the gate held.</summary>
    void Evict();
}
