using System.Buffers;
using System.Runtime.CompilerServices;

namespace Gateway.Common.Buffers;

/// <summary>A list whose array comes from the pool and goes back to it, for lists that are as long as a request and live no longer.</summary>
/// <remarks>Not thread-safe. After <see cref="Dispose"/> it is empty and may be filled again.</remarks>
/// <typeparam name="T">What it holds.</typeparam>
public sealed class PooledList<T> : IDisposable
    where T : struct
{
    private const int Fewest = 16;

    private T[] _items = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them, to look at and to change; until the next is added.</summary>
    public Span<T> Span => _items.AsSpan(0, Count);

    /// <summary>Adds one behind the others.</summary>
    public void Add(in T item)
    {
        if (Count == _items.Length) EnsureCapacity(Math.Max(Fewest, checked(2 * Count)));
        _items[Count++] = item;
    }

    /// <summary>Makes room for so many in all.</summary>
    public void EnsureCapacity(int capacity)
    {
        if (capacity <= _items.Length) return;
        T[] larger = ArrayPool<T>.Shared.Rent(capacity);
        Span.CopyTo(larger);
        GiveBack();
        _items = larger;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        GiveBack();
        (_items, Count) = ([], 0);
    }

    private void GiveBack()
    {
        if (_items.Length == 0) return;
        // The pool must not keep objects alive.
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>()) Span.Clear();
        ArrayPool<T>.Shared.Return(_items);
    }
}
