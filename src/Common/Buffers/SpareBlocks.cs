using System.Numerics;

namespace Gateway.Common.Buffers;

/// <summary>
/// Blocks of up to <see cref="Largest"/> bytes together with their arrays, by powers of two. The runtime's array pool keeps some sixty of a
/// size; a broker with more requests under way than that would allocate an array for each.
/// </summary>
/// <remarks>Thread-safe. All sizes together keep at most some 8 MiB, and a thread a quarter of that for itself.</remarks>
internal static class SpareBlocks
{
    internal const int Largest = 64 * 1024;

    private const int Smallest = 512;
    private const int BytesPerSize = 1024 * 1024;
    private const int LocalBytesPerSize = 256 * 1024;

    private static readonly SizeShelf[] Sizes = MakeShelves();

    [ThreadStatic]
    private static LocalShelf?[]? t_own;

    /// <summary>The array length that serves <paramref name="length"/>.</summary>
    internal static int CapacityFor(int length) => (int)Math.Max(Smallest, BitOperations.RoundUpToPowerOf2((uint)length));

    /// <summary>A block whose array has room for <paramref name="length"/> bytes, or null.</summary>
    internal static BufferBlock? Take(int length)
    {
        int size = IndexOf(CapacityFor(length));
        LocalShelf own = Own(size);
        if (own.Count == 0) own.Count = Sizes[size].TakeTo(own.Blocks, own.Blocks.Length / 2);
        if (own.Count == 0) return null;
        BufferBlock block = own.Blocks[--own.Count]!;
        own.Blocks[own.Count] = null;
        return block;
    }

    /// <summary>Keeps a block nobody has a lease on, if there is room.</summary>
    internal static void Give(BufferBlock block, int capacity)
    {
        int size = IndexOf(capacity);
        LocalShelf own = Own(size);
        if (own.Count == own.Blocks.Length)
        {
            int half = own.Blocks.Length / 2;
            own.Count -= half;
            Sizes[size].Give(own.Blocks.AsSpan(own.Count, half));
            Array.Clear(own.Blocks, own.Count, half);
        }
        own.Blocks[own.Count++] = block;
    }

    private static int IndexOf(int capacity) => BitOperations.Log2((uint)capacity / Smallest);

    private static LocalShelf Own(int size)
    {
        LocalShelf?[] own = t_own ??= new LocalShelf?[Sizes.Length];
        return own[size] ??= new LocalShelf(new BufferBlock?[Math.Clamp(LocalBytesPerSize / (Smallest << size), 4, 128)]);
    }

    private static SizeShelf[] MakeShelves()
    {
        var shelves = new SizeShelf[IndexOf(Largest) + 1];
        for (int i = 0; i < shelves.Length; i++) shelves[i] = new SizeShelf(new BufferBlock?[BytesPerSize / (Smallest << i)]);
        return shelves;
    }

    private sealed class LocalShelf(BufferBlock?[] blocks)
    {
        internal BufferBlock?[] Blocks => blocks;

        internal int Count { get; set; }
    }

    private sealed class SizeShelf(BufferBlock?[] blocks)
    {
        private readonly Lock _gate = new();
        private int _count;

        internal int TakeTo(BufferBlock?[] into, int most)
        {
            if (Volatile.Read(ref _count) == 0) return 0;
            lock (_gate)
            {
                int count = Math.Min(_count, most);
                _count -= count;
                Array.Copy(blocks, _count, into, 0, count);
                Array.Clear(blocks, _count, count);
                return count;
            }
        }

        internal void Give(ReadOnlySpan<BufferBlock?> given)
        {
            lock (_gate)
            {
                int count = Math.Min(blocks.Length - _count, given.Length);
                given[..count].CopyTo(blocks.AsSpan(_count));
                _count += count;
            }
        }
    }
}
