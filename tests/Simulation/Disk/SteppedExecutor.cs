using Gateway.Common.Execution;

namespace Gateway.Simulation.Disk;

/// <summary>Work that runs when the test says so, one piece at a time.</summary>
internal sealed class SteppedExecutor : IExecutor
{
    private readonly Queue<Action> _work = new();

    internal bool IsIdle
    {
        get
        {
            lock (_work) return _work.Count == 0;
        }
    }

    public void Post(Action work)
    {
        lock (_work) _work.Enqueue(work);
    }

    /// <summary>Runs the next piece; false when there is none.</summary>
    internal bool RunOne()
    {
        Action? work;
        lock (_work)
        {
            if (!_work.TryDequeue(out work)) return false;
        }

        work();
        return true;
    }

    /// <summary>Forgets what is queued, as a power cut does.</summary>
    internal void Clear()
    {
        lock (_work) _work.Clear();
    }
}
