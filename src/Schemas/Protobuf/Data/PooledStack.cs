using System.Buffers;
using System.Runtime.CompilerServices;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>A growing list on rented memory, cut back by whoever pushed; takes nothing from the heap before its first item.</summary>
internal struct PooledStack<T> where T : struct
{
    private T[]? _items;

    public int Count { get; private set; }

    public readonly ref T this[int index] => ref _items![index];

    public readonly Span<T> From(int first) => _items.AsSpan(first, Count - first);

    public void Push(in T item)
    {
        if (_items is null || Count == _items.Length) Grow(Count + 1);
        _items![Count++] = item;
    }

    /// <summary>Adds that many items of the default value and gives them out.</summary>
    public Span<T> Reserve(int count)
    {
        if (_items is null || Count + count > _items.Length) Grow(Count + count);
        var reserved = _items.AsSpan(Count, count);
        reserved.Clear();
        Count += count;
        return reserved;
    }

    public void CutTo(int count) => Count = count;

    public void Return()
    {
        if (_items is not null) ArrayPool<T>.Shared.Return(_items, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        _items = null;
        Count = 0;
    }

    private void Grow(int needed)
    {
        var grown = ArrayPool<T>.Shared.Rent(Math.Max(needed, Math.Max(16, Count * 2)));
        _items.AsSpan(0, Count).CopyTo(grown);
        if (_items is not null) ArrayPool<T>.Shared.Return(_items, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        _items = grown;
    }
}
