using Gateway.Common.Errors;

namespace Gateway.Storage.Logs;

/// <summary>An epoch and the offset of its first record.</summary>
/// <param name="Epoch">The leader epoch.</param>
/// <param name="StartOffset">The log end when it started.</param>
internal readonly record struct EpochStart(int Epoch, long StartOffset);

/// <summary>Which leader epoch wrote which offsets (LOG-8). Epochs and starts both rise.</summary>
/// <remarks>Epochs without records are kept, because a later cluster counts them, and not shown (design D7).</remarks>
internal sealed class LeaderEpochs
{
    private readonly List<EpochStart> _starts = [];

    internal IReadOnlyList<EpochStart> Starts => _starts;

    internal int Latest => _starts.Count == 0 ? 0 : _starts[^1].Epoch;

    internal void Add(int epoch, long startOffset)
    {
        Invariant.Check(_starts.Count == 0 || (epoch > _starts[^1].Epoch && startOffset >= _starts[^1].StartOffset));
        _starts.Add(new EpochStart(epoch, startOffset));
    }

    /// <summary>Forgets epochs that started at or behind a new log end, but for the latest: epochs never fall.</summary>
    internal void TruncateTo(long endOffset)
    {
        if (_starts.Count == 0) return;
        EpochStart latest = _starts[^1];
        _starts.RemoveAll(start => start.StartOffset > endOffset || (start.StartOffset == endOffset && start.Epoch != latest.Epoch));
        if (_starts.Count == 0 || _starts[^1].Epoch != latest.Epoch) _starts.Add(latest with { StartOffset = endOffset });
    }

    /// <summary>Forgets epochs whose records are all below a new log start.</summary>
    internal void AdvanceStart(long startOffset)
    {
        while (_starts.Count > 1 && _starts[1].StartOffset <= startOffset) _starts.RemoveAt(0);
        if (_starts.Count > 0 && _starts[0].StartOffset < startOffset) _starts[0] = _starts[0] with { StartOffset = startOffset };
    }

    internal EpochEndOffset EndOffsetFor(int epoch, long logEndOffset)
    {
        for (int i = _starts.Count - 1; i >= 0; i--)
        {
            if (_starts[i].Epoch > epoch) continue;
            long end = i + 1 < _starts.Count ? _starts[i + 1].StartOffset : logEndOffset;
            bool isLatest = i + 1 == _starts.Count;
            if (end > _starts[i].StartOffset || isLatest) return new EpochEndOffset(_starts[i].Epoch, end);
        }

        return EpochEndOffset.None;
    }

    internal int EpochAt(long offset)
    {
        for (int i = _starts.Count - 1; i >= 0; i--)
        {
            if (_starts[i].StartOffset <= offset) return _starts[i].Epoch;
        }

        return -1;
    }
}
