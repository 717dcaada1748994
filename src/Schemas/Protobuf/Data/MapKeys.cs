using System.Buffers;
using System.Numerics;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>The key of a map entry: bytes somewhere in a buffer, or a number when <see cref="Length"/> is negative.</summary>
internal struct MapKey
{
    public int At;
    public int Length;
    public ulong Number;

    /// <summary>The entry that had this key first, once <see cref="MapKeys.FindRepeats"/> has looked.</summary>
    public int First;
}

/// <summary>Finds the entries of a map whose key was there before.</summary>
internal static class MapKeys
{
    private const int Few = 8;

    /// <summary>Sets <see cref="MapKey.First"/> of each key to the first entry with the same key; true when there are any repeats.</summary>
    public static bool FindRepeats(ReadOnlySpan<byte> bytes, Span<MapKey> keys) =>
        keys.Length <= Few ? FindAmongFew(bytes, keys) : FindByHash(bytes, keys);

    private static bool FindAmongFew(ReadOnlySpan<byte> bytes, Span<MapKey> keys)
    {
        var repeats = false;
        for (var i = 0; i < keys.Length; i++)
        {
            var first = 0;
            while (first < i && !Same(bytes, keys[first], keys[i])) first++;
            keys[i].First = first;
            repeats |= first < i;
        }
        return repeats;
    }

    private static bool FindByHash(ReadOnlySpan<byte> bytes, Span<MapKey> keys)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)keys.Length * 2);
        var rented = ArrayPool<int>.Shared.Rent(size);
        var slots = rented.AsSpan(0, size);
        slots.Fill(-1);
        var repeats = false;
        for (var i = 0; i < keys.Length; i++)
        {
            // Seeded for each process, so nobody can choose keys that collide.
            var slot = HashOf(bytes, keys[i]) & (size - 1);
            while (slots[slot] >= 0 && !Same(bytes, keys[slots[slot]], keys[i])) slot = (slot + 1) & (size - 1);
            if (slots[slot] < 0) slots[slot] = i;
            else repeats = true;
            keys[i].First = slots[slot];
        }
        ArrayPool<int>.Shared.Return(rented);
        return repeats;
    }

    private static int HashOf(ReadOnlySpan<byte> bytes, in MapKey key)
    {
        var hash = new HashCode();
        if (key.Length < 0) hash.Add(key.Number);
        else hash.AddBytes(bytes.Slice(key.At, key.Length));
        return hash.ToHashCode();
    }

    private static bool Same(ReadOnlySpan<byte> bytes, in MapKey one, in MapKey other) =>
        one.Length < 0
            ? one.Number == other.Number
            : bytes.Slice(one.At, one.Length).SequenceEqual(bytes.Slice(other.At, other.Length));
}
