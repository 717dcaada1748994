using Gateway.Common.Errors;

namespace Gateway.Client.Producing;

/// <summary>What became of the records of a request, in their order: nearly always they lie one behind another, and then nothing is kept of each.</summary>
public readonly struct ProducedRecords
{
    private readonly ProducedRecord _first;
    private readonly ProducedRecord[]? _each;

    /// <summary>What became of each.</summary>
    /// <param name="each">By record.</param>
    public ProducedRecords(ProducedRecord[] each) => (_each, Count) = (each, each.Length);

    /// <summary>Records that are stored, one behind another in a partition.</summary>
    /// <param name="first">What became of the first, which has an offset.</param>
    /// <param name="count">How many there are.</param>
    internal ProducedRecords(in ProducedRecord first, int count)
    {
        Invariant.Check(first is { Error: ErrorCode.None, Offset: >= 0 } && count > 0);
        (_first, Count) = (first, count);
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Whether all are known to lie one behind another in a partition.</summary>
    public bool IsRun => _each is null && Count > 0;

    /// <summary>What became of one.</summary>
    public ProducedRecord this[int index]
    {
        get
        {
            if (_each is not null) return _each[index];
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _first with { Offset = _first.Offset + index };
        }
    }
}
