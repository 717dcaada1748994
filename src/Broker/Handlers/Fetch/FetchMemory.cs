using Gateway.Broker.Network;
using Gateway.Common.Buffers;

namespace Gateway.Broker.Handlers.Fetch;

/// <summary>
/// What one round of a fetch takes from the memory budget: first as much as it may read, then what it has
/// read, until the answer is sent; the rest goes back at once. When memory is short a fetch gets less to read,
/// never nothing: consumers must go on, or what they wait to read could not be let go.
/// </summary>
internal struct FetchMemory : IDisposable
{
    /// <summary>What a fetch may read when the budget has nothing for it.</summary>
    public const int LeastBytes = 64 << 10;

    private readonly MemoryBudget? _budget;
    private long _taken;

    private FetchMemory(MemoryBudget? budget, int bytes, int taken)
    {
        _budget = budget;
        Bytes = bytes;
        _taken = taken;
    }

    /// <summary>How many bytes may be read.</summary>
    public readonly int Bytes { get; }

    /// <summary>Takes <paramref name="wanted"/> bytes, or as large a part of them as there is.</summary>
    public static FetchMemory Take(MemoryBudget? budget, int wanted)
    {
        if (budget is null) return new FetchMemory(null, wanted, 0);
        for (int bytes = wanted; bytes > LeastBytes; bytes /= 2)
        {
            if (budget.TryTake(bytes)) return new FetchMemory(budget, bytes, bytes);
        }
        return new FetchMemory(budget, Math.Min(wanted, LeastBytes), 0);
    }

    /// <summary>Gives back what was not needed: a fetch that waits holds only what it has read.</summary>
    public void KeepOnly(long bytes)
    {
        if (bytes >= _taken) return;
        _budget!.Release(_taken - bytes);
        _taken = bytes;
    }

    /// <summary>Leaves as much of what was taken as the records hold with them, until they are given up.</summary>
    public void ChargeTo(RecordsLease records)
    {
        // A batch larger than what may be read is read nevertheless; the budget does not know of the excess.
        long bytes = Math.Min(records.Length, _taken);
        if (bytes == 0) return;
        _taken -= bytes;
        records.Charge(MemoryCharge.On(_budget!, bytes));
    }

    /// <summary>Gives back what is left.</summary>
    public void Dispose() => KeepOnly(0);
}
