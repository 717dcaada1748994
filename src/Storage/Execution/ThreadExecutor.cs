using Gateway.Common.Execution;

namespace Gateway.Storage.Execution;

/// <summary>Work on threads of its own, for what waits on a device. With one thread the order of posting is the order of running.</summary>
/// <remarks>
/// Bounded in threads, not in entries: what is posted is bounded by who posts (one flush turn, one read per waiting fetch). A thread without work
/// sleeps at once: spinning, as the framework's own queues do, took a seventh of a core from the shards at half rate, and no produce was quicker by it.
/// </remarks>
public sealed class ThreadExecutor : IExecutor, IDisposable
{
    // A monitor, because the framework's Lock cannot be waited on.
    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private readonly Thread[] _threads;
    private readonly bool _isBackground;
    private bool _isEnding;

    /// <summary>Starts the threads.</summary>
    /// <param name="name">What debuggers call them.</param>
    /// <param name="threads">How many.</param>
    /// <param name="isBackground">Others go first: for work that nobody waits for.</param>
    public ThreadExecutor(string name, int threads = 1, bool isBackground = false)
    {
        _isBackground = isBackground;
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = threads == 1 ? name : $"{name}-{i}" };
            _threads[i].Start();
        }
    }

    /// <inheritdoc/>
    public void Post(Action work)
    {
        lock (_gate)
        {
            // Disposed: the process is going down and nobody waits any more.
            if (_isEnding) return;
            _work.Enqueue(work);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Runs what is queued, then ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnding = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            if (thread != Thread.CurrentThread) thread.Join();
        }
    }

    private void Run()
    {
        if (_isBackground) NativeThread.StepBack();
        while (Take() is { } work) work();
    }

    private Action? Take()
    {
        lock (_gate)
        {
            Action? work;
            while (!_work.TryDequeue(out work) && !_isEnding) Monitor.Wait(_gate);
            return work;
        }
    }
}
