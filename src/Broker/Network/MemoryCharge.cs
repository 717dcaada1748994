using Gateway.Common.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Broker.Network;

/// <summary>Bytes of the budget that belong to a piece of memory and go back with it. The memory disposes it once, and then it is another's.</summary>
internal sealed class MemoryCharge : IMemoryGrant
{
    private MemoryBudget? _budget;
    private long _bytes;
    private bool _express;

    private MemoryCharge()
    {
    }

    public void KeepOnly(long bytes)
    {
        Invariant.Check(_budget is not null && !_express);
        if (bytes >= _bytes) return;
        long rest = _bytes - bytes;
        _bytes = bytes;
        _budget.Release(rest);
    }

    public void Dispose()
    {
        if (_budget is not { } budget) return;
        _budget = null;
        (long bytes, bool express) = (_bytes, _express);
        Spares<MemoryCharge>.Give(this);
        budget.Release(bytes, express);
    }

    internal static MemoryCharge On(MemoryBudget budget, long bytes, bool express = false)
    {
        MemoryCharge charge = Spares<MemoryCharge>.Take() ?? new MemoryCharge();
        charge._budget = budget;
        charge._bytes = bytes;
        charge._express = express;
        return charge;
    }
}
