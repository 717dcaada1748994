using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gateway.Common.Records.Codecs;

/// <summary>
/// The Snappy block format: a varint with the inflated size, then literals and copies. Ours rather than a package's, because a
/// chunk must go from span to span without an array of its own, and the claimed size must be checked before memory is taken.
/// </summary>
internal static class SnappyBlock
{
    private const int TableBits = 13;
    private const uint HashMultiplier = 0x1E35A7BD;

    /// <summary>The densest element is a copy of 64 bytes in 3: what claims more than that per byte lies.</summary>
    private const int MaxRatio = 22;

    internal static int MaxCompressedSize(int length) => 32 + length + (length / 6);

    /// <summary>The size a block claims to inflate to, refused when its bytes could not hold that much.</summary>
    internal static int ReadInflatedSize(ReadOnlySpan<byte> block, out int headerBytes)
    {
        ulong size = 0;
        for (int i = 0; i < 5 && i < block.Length; i++)
        {
            size |= (ulong)(block[i] & 0x7F) << (7 * i);
            if (block[i] >= 0x80) continue;
            headerBytes = i + 1;
            if (size > (ulong)(block.Length - headerBytes) * MaxRatio || size > (ulong)Array.MaxLength) break;
            return (int)size;
        }

        throw new CorruptRecordException("A snappy block claims a size it cannot have.");
    }

    /// <summary>Inflates the elements after the size; they must fill <paramref name="to"/> exactly.</summary>
    internal static void Decompress(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int read = 0;
        int written = 0;
        while (read < from.Length)
        {
            byte tag = from[read++];
            int length;
            int distance;
            switch (tag & 3)
            {
                case 0:
                    length = LiteralLength(from, tag, ref read);
                    if (length > from.Length - read || length > to.Length - written) throw Damaged();
                    from.Slice(read, length).CopyTo(to[written..]);
                    read += length;
                    written += length;
                    continue;
                case 1:
                    if (read >= from.Length) throw Damaged();
                    length = 4 + ((tag >> 2) & 7);
                    distance = ((tag & 0xE0) << 3) | from[read++];
                    break;
                case 2:
                    if (from.Length - read < 2) throw Damaged();
                    length = 1 + (tag >> 2);
                    distance = BinaryPrimitives.ReadUInt16LittleEndian(from[read..]);
                    read += 2;
                    break;
                default:
                    if (from.Length - read < 4) throw Damaged();
                    length = 1 + (tag >> 2);
                    uint far = BinaryPrimitives.ReadUInt32LittleEndian(from[read..]);
                    if (far > (uint)written) throw Damaged();
                    distance = (int)far;
                    read += 4;
                    break;
            }

            if (distance == 0 || distance > written || length > to.Length - written) throw Damaged();
            BlockCopy.Repeat(to, written, distance, length);
            written += length;
        }

        if (written != to.Length) throw Damaged();
    }

    /// <summary>Compresses at most 64 KiB and returns the number of bytes written.</summary>
    internal static int Compress(ReadOnlySpan<byte> from, Span<byte> to, ref MatchTable table)
    {
        int written = WriteSize(to, from.Length);
        table.Clear();
        int literalStart = 0;
        int position = 1;
        int lastStart = from.Length - 8;
        int misses = 32;
        while (position < lastStart)
        {
            uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(from[position..]);
            ref ushort slot = ref table[(bytes * HashMultiplier) >> (32 - TableBits)];
            int candidate = slot;
            slot = (ushort)position;
            if (candidate >= position || BinaryPrimitives.ReadUInt32LittleEndian(from[candidate..]) != bytes)
            {
                // Data that does not compress is passed over in growing steps.
                position += misses++ >> 5;
                continue;
            }

            misses = 32;
            written += WriteLiteral(to[written..], from[literalStart..position]);
            int length = 4 + from[(position + 4)..].CommonPrefixLength(from[(candidate + 4)..]);
            written += WriteCopies(to[written..], position - candidate, length);
            position += length;
            literalStart = position;
        }

        return literalStart < from.Length ? written + WriteLiteral(to[written..], from[literalStart..]) : written;
    }

    private static int LiteralLength(ReadOnlySpan<byte> from, byte tag, ref int read)
    {
        int length = tag >> 2;
        if (length < 60) return length + 1;
        int bytes = length - 59;
        if (from.Length - read < bytes) throw Damaged();
        uint value = 0;
        for (int i = 0; i < bytes; i++) value |= (uint)from[read++] << (8 * i);
        return value < int.MaxValue ? (int)value + 1 : throw Damaged();
    }

    private static int WriteSize(Span<byte> to, int size)
    {
        int at = 0;
        uint rest = (uint)size;
        for (; rest >= 0x80; rest >>= 7) to[at++] = (byte)(rest | 0x80);
        to[at++] = (byte)rest;
        return at;
    }

    private static int WriteLiteral(Span<byte> to, ReadOnlySpan<byte> literal)
    {
        if (literal.IsEmpty) return 0;
        int length = literal.Length - 1;
        int at = 0;
        if (length < 60)
        {
            to[at++] = (byte)(length << 2);
        }
        else
        {
            int bytes = (BitOperations.Log2((uint)length) / 8) + 1;
            to[at++] = (byte)((59 + bytes) << 2);
            for (int i = 0; i < bytes; i++) to[at++] = (byte)(length >> (8 * i));
        }

        literal.CopyTo(to[at..]);
        return at + literal.Length;
    }

    private static int WriteCopies(Span<byte> to, int distance, int length)
    {
        int at = 0;
        while (length > 0)
        {
            int part = Math.Min(length, 64);
            if (part is >= 4 and <= 11 && distance < 2048)
            {
                to[at++] = (byte)(1 | ((part - 4) << 2) | ((distance >> 8) << 5));
                to[at++] = (byte)distance;
            }
            else
            {
                to[at++] = (byte)(2 | ((part - 1) << 2));
                BinaryPrimitives.WriteUInt16LittleEndian(to[at..], (ushort)distance);
                at += 2;
            }

            length -= part;
        }

        return at;
    }

    private static CorruptRecordException Damaged() => new("A snappy block is damaged.");

    /// <summary>Where four bytes with the same hash were last seen. On the stack: 16 KiB.</summary>
    [InlineArray(1 << TableBits)]
    internal struct MatchTable
    {
        private ushort _first;

        [UnscopedRef]
        internal ref ushort this[uint hash] => ref Unsafe.Add(ref _first, (int)hash);

        internal void Clear() => ((Span<ushort>)this).Clear();
    }
}
