using Gateway.Common.Buffers;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// What records on their way to readers may hold, all together, inflated and as JSON. Each reader has a share. One that needs more waits in line, holding
/// nothing meanwhile; one whose client has not taken what it was sent lets go of what it can make anew as soon as somebody waits.
/// </summary>
/// <remarks>
/// Thread-safe. An eighth is for small shares alone, whatever large ones hold. Invariant: what is taken is at most the limit, and nobody is served while
/// somebody waits in the same line.
/// </remarks>
internal sealed class ReaderMemory(long limit)
{
    private readonly LinkedList<MemoryWaiter> _small = new();
    private readonly LinkedList<MemoryWaiter> _large = new();
    private readonly LinkedList<IIdleMemory> _idle = new();
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

    /// <summary>Takes bytes for a share that will then be so large; at the cost of those who do not need what they have just now.</summary>
    internal bool TryTake(long bytes, long whole)
    {
        lock (Gate) return LineOf(whole).Count == 0 && Fits(bytes, whole);
    }

    /// <summary>Gives bytes back.</summary>
    internal void Return(long bytes)
    {
        lock (Gate)
        {
            Used -= bytes;
            Serve();
        }
    }

    /// <summary>Gets in line.</summary>
    internal void Wait(MemoryWaiter waiter)
    {
        lock (Gate)
        {
            LineOf(waiter.Whole).AddLast(waiter);
            Serve();
        }
    }

    /// <summary>Leaves the line; false when its turn has come.</summary>
    internal bool Leave(MemoryWaiter waiter)
    {
        lock (Gate)
        {
            if (!LineOf(waiter.Whole).Remove(waiter)) return false;
            Serve();
            return true;
        }
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

    private LinkedList<MemoryWaiter> LineOf(long whole) => whole <= SmallShare ? _small : _large;

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

    private void Serve(LinkedList<MemoryWaiter> line)
    {
        while (line.First is { } first && Fits(first.Value.Bytes, first.Value.Whole))
        {
            line.RemoveFirst();
            first.Value.Serve();
        }
    }
}

/// <summary>Memory that its holder can do without for the time being.</summary>
internal interface IIdleMemory
{
    /// <summary>Gives it back. Called with the gate held.</summary>
    void Evict();
}

/// <summary>A share that waits to become so large.</summary>
/// <param name="bytes">What is missing.</param>
/// <param name="whole">What it will be.</param>
/// <param name="serve">Called with the gate held when the bytes are its own.</param>
internal sealed class MemoryWaiter(long bytes, long whole, Action serve)
{
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal long Bytes { get; } = bytes;

    internal long Whole { get; } = whole;

    internal Task Served => _served.Task;

    internal void Serve()
    {
        serve();
        _served.SetResult();
    }

    internal void Cancel() => _served.SetCanceled();
}
