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
        ReadOnlySpan<uint> sines = Sines;
        // Four steps to a turn, so that nothing is moved from one variable to the next: every schema there is passes here at each start.
        for (var i = 0; i < 16; i += 4)
        {
            a = Step(a, b, (b & c) | (~b & d), words[i] + sines[i], 7);
            d = Step(d, a, (a & b) | (~a & c), words[i + 1] + sines[i + 1], 12);
            c = Step(c, d, (d & a) | (~d & b), words[i + 2] + sines[i + 2], 17);
            b = Step(b, c, (c & d) | (~c & a), words[i + 3] + sines[i + 3], 22);
        }
        for (var i = 16; i < 32; i += 4)
        {
            a = Step(a, b, (d & b) | (~d & c), words[(5 * i + 1) & 15] + sines[i], 5);
            d = Step(d, a, (c & a) | (~c & b), words[(5 * i + 6) & 15] + sines[i + 1], 9);
            c = Step(c, d, (b & d) | (~b & a), words[(5 * i + 11) & 15] + sines[i + 2], 14);
            b = Step(b, c, (a & c) | (~a & d), words[(5 * i) & 15] + sines[i + 3], 20);
        }
        for (var i = 32; i < 48; i += 4)
        {
            a = Step(a, b, b ^ c ^ d, words[(3 * i + 5) & 15] + sines[i], 4);
            d = Step(d, a, a ^ b ^ c, words[(3 * i + 8) & 15] + sines[i + 1], 11);
            c = Step(c, d, d ^ a ^ b, words[(3 * i + 11) & 15] + sines[i + 2], 16);
            b = Step(b, c, c ^ d ^ a, words[(3 * i + 14) & 15] + sines[i + 3], 23);
        }
        for (var i = 48; i < 64; i += 4)
        {
            a = Step(a, b, c ^ (b | ~d), words[(7 * i) & 15] + sines[i], 6);
            d = Step(d, a, b ^ (a | ~c), words[(7 * i + 7) & 15] + sines[i + 1], 10);
            c = Step(c, d, a ^ (d | ~b), words[(7 * i + 14) & 15] + sines[i + 2], 15);
            b = Step(b, c, d ^ (c | ~a), words[(7 * i + 5) & 15] + sines[i + 3], 21);
        }
        (_a, _b, _c, _d) = (_a + a, _b + b, _c + c, _d + d);
    }

    private static uint Step(uint old, uint next, uint mixed, uint added, int turn) => next + BitOperations.RotateLeft(old + mixed + added, turn);
}
