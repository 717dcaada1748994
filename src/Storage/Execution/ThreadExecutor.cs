using System.Collections.Concurrent;
using Gateway.Common.Execution;

namespace Gateway.Storage.Execution;

/// <summary>Work on threads of its own, for what waits on a device. With one thread the order of posting is the order of running.</summary>
/// <remarks>
/// Bounded in threads, not in entries: what is posted is bounded by who posts (one flush turn, one read per waiting fetch).
/// </remarks>
public sealed class ThreadExecutor : IExecutor, IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread[] _threads;
    private readonly bool _isBackground;

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
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException)
        {
            // Disposed: the process is going down and nobody waits any more.
        }
    }

    /// <summary>Runs what is queued, then ends the threads.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        foreach (Thread thread in _threads)
        {
            if (thread != Thread.CurrentThread) thread.Join();
        }
    }

    private void Run()
    {
        if (_isBackground) NativeThread.StepBack();
        foreach (Action work in _work.GetConsumingEnumerable()) work();
    }
}
