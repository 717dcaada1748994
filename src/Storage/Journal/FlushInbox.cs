using Gateway.Common.Execution;

namespace Gateway.Storage.Journal;

/// <summary>Completed flushes on their way to one owner: one post per wake-up, however many of its logs were flushed.</summary>
internal sealed class FlushInbox(IExecutor owner)
{
    private readonly Lock _lock = new();
    private List<FlushMark> _arriving = [];
    private List<FlushMark> _spare = [];

    /// <summary>Called by the flusher.</summary>
    internal void Add(in FlushMark mark)
    {
        bool wasEmpty;
        lock (_lock)
        {
            wasEmpty = _arriving.Count == 0;
            _arriving.Add(mark);
        }

        if (wasEmpty) owner.Post(static inbox => inbox.Drain(), this);
    }

    private void Drain()
    {
        List<FlushMark> marks;
        lock (_lock)
        {
            // The two lists take turns: there is one drain at a time, and it gives its list back below.
            marks = _arriving;
            _arriving = _spare;
        }

        foreach (FlushMark mark in marks) mark.Log.OnFlushed(mark);
        marks.Clear();
        lock (_lock) _spare = marks;
    }
}
