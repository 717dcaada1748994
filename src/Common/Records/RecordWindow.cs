using Gateway.Common.Buffers;

namespace Gateway.Common.Records;

/// <summary>
/// Where inflated bytes lie while they are looked at: little memory until a record is larger than that. It grows as bytes really come, and
/// beyond what every thread may have for itself only by what is granted.
/// </summary>
internal sealed class RecordWindow(IMemoryGrants memory, int ungranted = RecordWindow.OfAThread) : IDisposable
{
    internal const int Smallest = 32 << 10;

    /// <summary>What a thread that looks at one record after another may have; who keeps the window beyond that asks sooner.</summary>
    private const int OfAThread = 1 << 20;

    private RecordsLease _bytes = RecordsLease.Rent(Smallest);

    internal Span<byte> Span => _bytes.WritableMemory.Span;

    /// <summary>A larger window that begins with the bytes of this one.</summary>
    /// <param name="enough">It need not be larger than that.</param>
    /// <exception cref="MemoryRefusedException">There is no memory for it.</exception>
    internal Span<byte> Widen(int enough)
    {
        int size = (int)Math.Min(_bytes.Length * 2L, enough);
        long held = _bytes.Length <= ungranted ? 0 : _bytes.Length;
        RecordsLease wider = size <= ungranted ? RecordsLease.RentUnmanaged(size) : RecordsLease.Rent(size, memory.Take(size, held));
        _bytes.Span.CopyTo(wider.WritableMemory.Span);
        _bytes.Dispose();
        _bytes = wider;
        return Span;
    }

    public void Dispose() => _bytes.Dispose();
}
