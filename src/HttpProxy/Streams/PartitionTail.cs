using Gateway.Client.Fetching;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.HttpProxy.Streams;

/// <summary>
/// The end of one partition, where any number of streams wait behind a single long poll: the broker wakes it with the commit, and what it
/// brings goes to all of them. It reads only while somebody waits.
/// </summary>
internal sealed class PartitionTail(StreamTails owner, TailKey key)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private List<StreamSignal> _waiting = [];
    private long _from;
    private bool _isReading;
    private bool _isGone;

    /// <summary>
    /// Lets a stream wait for what comes at <paramref name="offset"/>. False when it must read for itself: records at that offset were brought
    /// already.
    /// </summary>
    /// <param name="offset">The offset of the stream's next record.</param>
    /// <param name="signal">What to raise.</param>
    /// <param name="isGone">The tail has ended meanwhile; ask for a new one.</param>
    internal bool TryWait(long offset, StreamSignal signal, out bool isGone)
    {
        lock (_lock)
        {
            isGone = _isGone;
            if (isGone || (_isReading && offset < _from)) return false;
            _waiting.Add(signal);
            if (_isReading) return true;
            _isReading = true;
            _from = offset;
        }
        _ = ReadAsync();
        return true;
    }

    internal void Forget(StreamSignal signal)
    {
        lock (_lock) _waiting.Remove(signal);
    }

    private async Task ReadAsync()
    {
        FetchedRecords? read;
        do
        {
            read = null;
            try
            {
                read = await owner.Fetcher.ReadAsync(
                    key.Partition, _from, new FetchLimits(RecordStream.ReadBytes, s_poll, Isolation: key.Isolation), owner.Stopping).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Whatever it is, the streams run into it themselves and tell; here it must only not leave them waiting for ever.
            }
        }
        while (Take(read));
    }

    /// <summary>
    /// Hands out what a read brought; true when nothing came and somebody still waits. Anything else ends this tail: who comes back makes another.
    /// </summary>
    private bool Take(FetchedRecords? read)
    {
        bool hasRecords = read is { Error: ErrorCode.None, Batches.IsEmpty: false };
        bool isQuiet = read is { Error: ErrorCode.None, Batches.IsEmpty: true };
        List<StreamSignal> woken;
        lock (_lock)
        {
            if (isQuiet && _waiting.Count > 0)
            {
                read!.Dispose();
                return true;
            }
            _isGone = true;
            owner.Remove(key, this);
            (woken, _waiting) = (_waiting, []);
        }
        // A read that failed is for the streams to run into themselves: they know what to tell.
        SharedRecords? shared = hasRecords && woken.Count > 0 ? new SharedRecords(read!, woken.Count) : null;
        if (shared is null) read?.Dispose();
        foreach (StreamSignal signal in woken) signal.Deliver(new StreamDelivery(key.Partition.Partition, shared), woken.Count == 1);
        return false;
    }
}
