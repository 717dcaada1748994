using System.Numerics;

namespace Gateway.Common.Buffers;

/// <summary>
/// Keeps a few freed blocks, because a fresh mapping costs a page fault every 4 KiB. Never more than <see cref="MaxKept"/> bytes, so
/// that it hardly shows beside a budget.
/// </summary>
internal static class NativeBlockCache
{
    /// <summary>Smaller buffers are better off in the array pool.</summary>
    internal const int Smallest = 64 * 1024;

    private const int LargestKept = 4 * 1024 * 1024;
    private const long MaxKept = 32 * 1024 * 1024;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Stack<NativeBlock>> Kept = [];
    private static long s_kept;

    internal static NativeBlock Rent(int length)
    {
        int capacity = CapacityFor(length);
        lock (Gate)
        {
            if (Kept.TryGetValue(capacity, out Stack<NativeBlock>? blocks) && blocks.TryPop(out NativeBlock? block))
            {
                s_kept -= capacity;
                return block;
            }
        }
        return new NativeBlock(capacity);
    }

    internal static void Return(NativeBlock block)
    {
        lock (Gate)
        {
            if (block.Capacity <= LargestKept && s_kept + block.Capacity <= MaxKept)
            {
                if (!Kept.TryGetValue(block.Capacity, out Stack<NativeBlock>? blocks)) Kept[block.Capacity] = blocks = new Stack<NativeBlock>();
                blocks.Push(block);
                s_kept += block.Capacity;
                return;
            }
        }
        block.Free();
    }

    /// <summary>Four sizes between each two powers of two: blocks can be shared, and at most a quarter of one is in vain.</summary>
    internal static int CapacityFor(int length)
    {
        int step = Math.Max(4096, (int)(BitOperations.RoundUpToPowerOf2((uint)length) / 8));
        return (int)Math.Min(((long)length + step - 1) / step * step, Array.MaxLength);
    }
}
