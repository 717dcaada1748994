using Gateway.Common.Buffers;

namespace Gateway.HttpProxy.Records;

/// <summary>What one reader holds of the memory that all share.</summary>
/// <remarks>Its parts may outlive it: each is given back when it is disposed of.</remarks>
internal sealed class ReaderShare(ReaderMemory memory) : IMemoryGrants, IDisposable
{
    private long _held;
    private long _granted;
    private long _wanted;
    private long _reserved;

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
                if (!memory.TryTake(whole - _granted, whole))
                {
                    // Whoever waits holds nothing that it does not use.
                    (_wanted, _reserved) = (whole, 0);
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
    /// held.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was waited for long enough.</exception>
    internal async ValueTask WaitAsync(CancellationToken cancel)
    {
        MemoryWaiter waiter;
        lock (memory.Gate)
        {
            if (_wanted <= _granted) return;
            long missing = _wanted - _granted, whole = _wanted;
            waiter = new MemoryWaiter(missing, whole, () => _reserved = _granted += missing);
            memory.Wait(waiter);
        }
        using CancellationTokenRegistration end = cancel.UnsafeRegister(
            static (state, _) =>
            {
                (ReaderMemory memory, MemoryWaiter waiter) = ((ReaderMemory, MemoryWaiter))state!;
                if (memory.Leave(waiter)) waiter.Cancel();
            },
            (memory, waiter));
        await waiter.Served.ConfigureAwait(false);
    }

    /// <summary>Gives back what was waited for and is not held. The share can be used on.</summary>
    public void Dispose()
    {
        lock (memory.Gate)
        {
            _reserved = 0;
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
