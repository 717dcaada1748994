namespace Gateway.Storage.Compaction;

/// <summary>
/// The last offset of each key, in bounded memory: keys are kept as 128 bits of a keyed hash. Grows as keys come in, so that cleaning a small
/// log takes little.
/// </summary>
/// <remarks>Open addressing with linear probing, at most four fifths full. One cleaning's alone.</remarks>
internal sealed class OffsetMap
{
    /// <summary>Bytes of an entry.</summary>
    internal const int EntrySize = 24;

    private const int FirstCapacity = 1024;
    private const int SmallestCapacity = 8;

    private readonly SipHash128 _hash;
    private readonly int _maxCapacity;
    private Entry[] _entries;

    internal OffsetMap(SipHash128 hash, long maxBytes)
    {
        _hash = hash;
        _maxCapacity = (int)Math.Clamp(maxBytes / EntrySize, SmallestCapacity, Array.MaxLength / 2);
        _entries = new Entry[Math.Min(FirstCapacity, _maxCapacity)];
    }

    internal int Count { get; private set; }

    /// <summary>Notes that a key is at an offset, above all it was noted at; false when the key is new and there is no room.</summary>
    internal bool TryPut(ReadOnlySpan<byte> key, long offset)
    {
        (ulong low, ulong high) = _hash.Hash(key);
        ref Entry entry = ref Find(_entries, low, high);
        if (entry.IsFree)
        {
            if (IsFull(_entries.Length))
            {
                if (_entries.Length == _maxCapacity) return false;
                Grow();
                entry = ref Find(_entries, low, high);
            }

            Count++;
        }

        entry = new Entry(low, high, offset + 1);
        return true;
    }

    /// <summary>True when the key was noted at an offset above this one.</summary>
    internal bool HasLater(ReadOnlySpan<byte> key, long offset)
    {
        (ulong low, ulong high) = _hash.Hash(key);
        return Find(_entries, low, high).OffsetPlusOne > offset + 1;
    }

    private bool IsFull(int capacity) => Count >= capacity / 5 * 4;

    private void Grow()
    {
        var larger = new Entry[(int)Math.Min(_entries.Length * 2L, _maxCapacity)];
        foreach (Entry entry in _entries)
        {
            if (!entry.IsFree) Find(larger, entry.Low, entry.High) = entry;
        }

        _entries = larger;
    }

    /// <summary>The key's entry, or the free one where it would go.</summary>
    private static ref Entry Find(Entry[] entries, ulong low, ulong high)
    {
        int at = (int)Math.BigMul(high, (ulong)entries.Length, out _);
        while (true)
        {
            ref Entry entry = ref entries[at];
            if (entry.IsFree || (entry.Low == low && entry.High == high)) return ref entry;
            if (++at == entries.Length) at = 0;
        }
    }

    /// <summary>Offsets count from one, so that fresh memory is free entries.</summary>
    private readonly record struct Entry(ulong Low, ulong High, long OffsetPlusOne)
    {
        internal bool IsFree => OffsetPlusOne == 0;
    }
}
