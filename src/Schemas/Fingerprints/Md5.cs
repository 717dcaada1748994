using System.Buffers.Binary;
using System.Numerics;

namespace Gateway.Schemas.Fingerprints;

/// <summary>
/// MD5 as RFC 1321 has it. Ours because the framework's hands over to OpenSSL and ends the process where that is not installed,
/// and schema GUIDs are needed everywhere. It identifies; it protects nothing.
/// </summary>
public sealed class Md5
{
    private static readonly uint[] Sines = [.. Enumerable.Range(1, 64).Select(i => (uint)Math.Floor(Math.Abs(Math.Sin(i)) * 4294967296.0))];
    private static readonly int[] Shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

    private readonly byte[] _block = new byte[64];
    private uint _a = 0x67452301, _b = 0xefcdab89, _c = 0x98badcfe, _d = 0x10325476;
    private ulong _length;

    /// <summary>The hash of one run of bytes.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> bytes)
    {
        var md5 = new Md5();
        md5.Append(bytes);
        return md5.Finish();
    }

    /// <summary>Takes in more bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var filled = (int)(_length % 64);
        _length += (ulong)bytes.Length;
        if (filled > 0)
        {
            var taken = Math.Min(64 - filled, bytes.Length);
            bytes[..taken].CopyTo(_block.AsSpan(filled));
            bytes = bytes[taken..];
            if (filled + taken < 64) return;
            Mix(_block);
        }
        while (bytes.Length >= 64)
        {
            Mix(bytes[..64]);
            bytes = bytes[64..];
        }
        bytes.CopyTo(_block);
    }

    /// <summary>Ends the input and gives the 16 bytes. The object is spent after this.</summary>
    public byte[] Finish()
    {
        var bits = _length * 8;
        Span<byte> tail = stackalloc byte[72];
        tail.Clear();
        tail[0] = 0x80;
        var padding = (int)((119 - _length % 64) % 64) + 1;
        BinaryPrimitives.WriteUInt64LittleEndian(tail[padding..], bits);
        Append(tail[..(padding + 8)]);

        var hash = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(hash, _a);
        BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(4), _b);
        BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(8), _c);
        BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(12), _d);
        return hash;
    }

    private void Mix(ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[16];
        for (var i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(i * 4)..]);
        var (a, b, c, d) = (_a, _b, _c, _d);
        for (var i = 0; i < 64; i++)
        {
            var (mixed, word) = (i / 16) switch
            {
                0 => ((b & c) | (~b & d), i),
                1 => ((d & b) | (~d & c), (5 * i + 1) % 16),
                2 => (b ^ c ^ d, (3 * i + 5) % 16),
                _ => (c ^ (b | ~d), 7 * i % 16),
            };
            var rotated = BitOperations.RotateLeft(a + mixed + Sines[i] + words[word], Shifts[i / 16 * 4 + i % 4]);
            (a, d, c, b) = (d, c, b, b + rotated);
        }
        (_a, _b, _c, _d) = (_a + a, _b + b, _c + c, _d + d);
    }
}
