using Gateway.Common.Buffers;

namespace Gateway.HttpProxy.Records;

/// <summary>What one reader holds of the memory that all share.</summary>
/// <remarks>Its parts may outlive it: each is given back when it is disposed of.</remarks>
internal sealed class ReaderShare(ReaderMemory memory) : IMemoryGrants, IDisposable
{
    private long _held;
    private long _granted;
    private long _reserved;
    private long _waitedFor = -1;
    private TaskCompletionSource? _turn;

    /// <summary>How large it would have been with what was refused. It stays as it is in line.</summary>
    internal long Wanted { get; private set; }

    /// <summary>What it lacks of that.</summary>
    internal long Missing => Wanted - _granted;

    /// <summary>Its place in line: whoever has a lower one comes first.</summary>
    internal long Number { get; private set; }

    long IMemoryGrants.Most => memory.Most;

    /// <summary>Grants some bytes if they are free now, else null; how much was missing is remembered for <see cref="WaitAsync"/>.</summary>
    /// <exception cref="MemoryRefusedException">With them the share would be larger than one can ever be.</exception>
    public IMemoryGrant? TryTake(long bytes)
    {
        lock (memory.Gate)
        {
            long whole = _held + bytes;
            if (whole > memory.Most) throw new MemoryRefusedException(bytes, isForGood: true);
            if (whole > _granted)
            {
                if (!memory.TryTake(this, whole - _granted, whole))
                {
                    // It gets in line anew, for what it lacks now.
                    if (_turn is { Task.IsCompleted: false }) memory.Leave(this);
                    // Whoever waits holds nothing that it does not use.
                    (Wanted, _reserved, _turn) = (whole, 0, null);
                    Shrink();
                    return null;
                }
                _granted = whole;
            }
            _held = whole;
            return new Part(this, bytes);
        }
    }

    /// <summary>
    /// Waits until as much as was refused is there, for this share alone, so that the work can be begun anew. Whoever waits must have given back what it
    /// held. Can be asked for again and again, and awaited for as long as its owner likes; <see cref="Dispose"/> leaves the line.
    /// </summary>
    /// <param name="record">The offset of what it is for: who asks for the same again, having left or been refused more, has its old place in line.</param>
    internal Task WaitAsync(long record)
    {
        lock (memory.Gate)
        {
            if (_turn is null)
            {
                if (Wanted <= _granted) return Task.CompletedTask;
                if (record != _waitedFor) (_waitedFor, Number) = (record, memory.NextNumber());
                _turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                memory.Join(this);
            }
            return _turn.Task;
        }
    }

    /// <summary>Whether it is at the work that its turn was for, and got in line before another.</summary>
    internal bool IsBefore(ReaderShare other) => _turn is not null && Number < other.Number;

    /// <summary>Its turn has come: what was missing is its own. Called with the gate held.</summary>
    internal void Serve()
    {
        _reserved = _granted = Wanted;
        _turn!.SetResult();
    }

    /// <summary>Waits no longer, and gives back what was waited for and is not held. The share can be used on.</summary>
    public void Dispose()
    {
        lock (memory.Gate)
        {
            if (_turn is { Task.IsCompleted: false }) memory.Leave(this);
            (_turn, _reserved) = (null, 0);
            Shrink();
        }
    }

    private void Give(long bytes)
    {
        lock (memory.Gate)
        {
            _held -= bytes;
            Shrink();
        }
    }

    private void Shrink()
    {
        long spare = _granted - Math.Max(_held, _reserved);
        _granted -= spare;
        if (spare > 0) memory.Return(spare);
    }

    private sealed class Part(ReaderShare share, long bytes) : IMemoryGrant
    {
        private long _bytes = bytes;

        public void KeepOnly(long bytes)
        {
            long back = Interlocked.Exchange(ref _bytes, bytes) - bytes;
            if (back > 0) share.Give(back);
        }

        public void Dispose() => KeepOnly(0);
    }
}
