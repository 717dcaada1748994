using System.Buffers.Binary;
using System.Numerics;

namespace Gateway.Schemas.Fingerprints;

/// <summary>
/// SHA-256 as FIPS 180-4 has it. Ours for the reason <see cref="Md5"/> is: the framework's needs OpenSSL, which may not be installed.
/// It identifies; it protects nothing.
/// </summary>
public static class Sha256
{
    private static readonly int[] Primes = [.. FirstPrimes(64)];
    private static readonly uint[] Rounds = [.. Primes.Select(prime => Fraction(prime, root: 3))];
    private static readonly uint[] Start = [.. Primes.Take(8).Select(prime => Fraction(prime, root: 2))];

    /// <summary>The 32 bytes of the hash.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> bytes)
    {
        Span<uint> state = stackalloc uint[8];
        Start.CopyTo(state);
        var rest = bytes;
        for (; rest.Length >= 64; rest = rest[64..]) Mix(state, rest[..64]);

        // What is left, a one bit, zeros, and the length in bits make one block more, or two.
        Span<byte> tail = stackalloc byte[128];
        tail.Clear();
        rest.CopyTo(tail);
        tail[rest.Length] = 0x80;
        var length = rest.Length < 56 ? 64 : 128;
        BinaryPrimitives.WriteUInt64BigEndian(tail[(length - 8)..], (ulong)bytes.Length * 8);
        for (var at = 0; at < length; at += 64) Mix(state, tail.Slice(at, 64));

        var hash = new byte[32];
        for (var i = 0; i < 8; i++) BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(i * 4), state[i]);
        return hash;
    }

    private static void Mix(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[64];
        for (var i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (var i = 16; i < 64; i++)
        {
            var (early, late) = (words[i - 15], words[i - 2]);
            var low = BitOperations.RotateRight(early, 7) ^ BitOperations.RotateRight(early, 18) ^ (early >> 3);
            var high = BitOperations.RotateRight(late, 17) ^ BitOperations.RotateRight(late, 19) ^ (late >> 10);
            words[i] = words[i - 16] + low + words[i - 7] + high;
        }
        var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]);
        for (var i = 0; i < 64; i++)
        {
            var high = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            var first = h + high + ((e & f) ^ (~e & g)) + Rounds[i] + words[i];
            var low = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            var second = low + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }
        ReadOnlySpan<uint> mixed = [a, b, c, d, e, f, g, h];
        for (var i = 0; i < 8; i++) state[i] += mixed[i];
    }

    /// <summary>The first 32 bits behind the point of the number's square or cube root, by integers, so that no rounding is in it.</summary>
    private static uint Fraction(int number, int root)
    {
        var scaled = (BigInteger)number << (32 * root);
        var found = BigInteger.Zero;
        for (var bit = 36; bit >= 0; bit--)
        {
            var next = found + (BigInteger.One << bit);
            if (BigInteger.Pow(next, root) <= scaled) found = next;
        }
        return (uint)(found & uint.MaxValue);
    }

    private static IEnumerable<int> FirstPrimes(int count)
    {
        for (var number = 2; count > 0; number++)
        {
            if (Enumerable.Range(2, number - 2).Any(divisor => number % divisor == 0)) continue;
            count--;
            yield return number;
        }
    }
}
