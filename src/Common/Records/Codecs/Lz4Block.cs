using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Gateway.Common.Records.Codecs;

/// <summary>The LZ4 block format: tokens of a literal run and a match of at least four bytes, up to 64 KiB back.</summary>
internal static class Lz4Block
{
    private const int TableBits = 13;
    private const uint HashMultiplier = 2654435761;
    private const int MinMatch = 4;

    /// <summary>The format's rule: the last five bytes are literals, and no match starts in the last twelve.</summary>
    private const int LastLiterals = 5;
    private const int MatchFreeEnd = 12;

    internal static int MaxCompressedSize(int length) => length + (length / 255) + 16;

    /// <summary>
    /// Inflates a block into <paramref name="buffer"/> from <paramref name="start"/> on; matches may reach back before it. Returns the end.
    /// </summary>
    internal static int Decompress(ReadOnlySpan<byte> from, Span<byte> buffer, int start)
    {
        int read = 0;
        int written = start;
        while (true)
        {
            if (read >= from.Length) throw Lz4Frame.Damaged();
            byte token = from[read++];
            int literals = ReadLength(from, token >> 4, ref read);
            if (literals > from.Length - read || literals > buffer.Length - written) throw Lz4Frame.Damaged();
            from.Slice(read, literals).CopyTo(buffer[written..]);
            read += literals;
            written += literals;
            if (read == from.Length) return written;

            if (from.Length - read < 2) throw Lz4Frame.Damaged();
            int distance = BinaryPrimitives.ReadUInt16LittleEndian(from[read..]);
            read += 2;
            int match = MinMatch + ReadLength(from, token & 15, ref read);
            if (distance == 0 || distance > written || match > buffer.Length - written) throw Lz4Frame.Damaged();
            BlockCopy.Repeat(buffer, written, distance, match);
            written += match;
        }
    }

    /// <summary>Compresses at most 64 KiB and returns the number of bytes written.</summary>
    internal static int Compress(ReadOnlySpan<byte> from, Span<byte> to, ref MatchTable table)
    {
        table.Clear();
        int written = 0;
        int literalStart = 0;
        int position = 1;
        int misses = 64;
        while (position < from.Length - MatchFreeEnd)
        {
            uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(from[position..]);
            ref ushort slot = ref table[(bytes * HashMultiplier) >> (32 - TableBits)];
            int candidate = slot;
            slot = (ushort)position;
            if (candidate >= position || BinaryPrimitives.ReadUInt32LittleEndian(from[candidate..]) != bytes)
            {
                // Data that does not compress is passed over in growing steps.
                position += misses++ >> 6;
                continue;
            }

            misses = 64;
            ReadOnlySpan<byte> rest = from[(position + MinMatch)..^LastLiterals];
            int match = rest.CommonPrefixLength(from[(candidate + MinMatch)..]);
            written += WriteSequence(to[written..], from[literalStart..position], position - candidate, match);
            position += MinMatch + match;
            literalStart = position;
        }

        return written + WriteLastLiterals(to[written..], from[literalStart..]);
    }

    private static int ReadLength(ReadOnlySpan<byte> from, int length, ref int read)
    {
        if (length != 15) return length;
        byte next;
        do
        {
            if (read >= from.Length) throw Lz4Frame.Damaged();
            next = from[read++];
            length += next; // at most 255 for each byte of the block: no overflow
        }
        while (next == 255);
        return length;
    }

    private static int WriteSequence(Span<byte> to, ReadOnlySpan<byte> literals, int distance, int match)
    {
        to[0] = (byte)((Math.Min(literals.Length, 15) << 4) | Math.Min(match, 15));
        int at = 1 + WriteLength(to[1..], literals.Length);
        literals.CopyTo(to[at..]);
        at += literals.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(to[at..], (ushort)distance);
        at += 2;
        return at + WriteLength(to[at..], match);
    }

    private static int WriteLastLiterals(Span<byte> to, ReadOnlySpan<byte> literals)
    {
        to[0] = (byte)(Math.Min(literals.Length, 15) << 4);
        int at = 1 + WriteLength(to[1..], literals.Length);
        literals.CopyTo(to[at..]);
        return at + literals.Length;
    }

    private static int WriteLength(Span<byte> to, int length)
    {
        if (length < 15) return 0;
        int at = 0;
        int rest = length - 15;
        for (; rest >= 255; rest -= 255) to[at++] = 255;
        to[at++] = (byte)rest;
        return at;
    }

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
