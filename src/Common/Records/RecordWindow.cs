using Gateway.Common.Buffers;

namespace Gateway.Common.Records;

/// <summary>
/// Where inflated bytes lie while they are looked at: little memory until a record is larger than that. It grows as bytes really come, and
/// beyond what every thread may have for itself only by what is granted.
/// </summary>
internal sealed class RecordWindow(IMemoryGrants memory) : IDisposable
{
    private const int Smallest = 32 << 10;
    private const int Ungranted = 1 << 20;

    private RecordsLease _bytes = RecordsLease.Rent(Smallest);

    internal Span<byte> Span => _bytes.WritableMemory.Span;

    /// <summary>A larger window that begins with the bytes of this one.</summary>
    /// <param name="enough">It need not be larger than that.</param>
    /// <exception cref="MemoryRefusedException">There is no memory for it.</exception>
    internal Span<byte> Widen(int enough)
    {
        int size = (int)Math.Min(_bytes.Length * 2L, enough);
        long held = _bytes.Length <= Ungranted ? 0 : _bytes.Length;
        RecordsLease wider = size <= Ungranted ? RecordsLease.RentUnmanaged(size) : RecordsLease.Rent(size, memory.Take(size, held));
        _bytes.Span.CopyTo(wider.WritableMemory.Span);
        _bytes.Dispose();
        _bytes = wider;
        return Span;
    }

    public void Dispose() => _bytes.Dispose();
}
