using System.Buffers.Binary;
using System.Text;

namespace Gateway.Fuzz.Engine;

/// <summary>Changes inputs: bytes of binary data, words of text.</summary>
internal sealed class Mutator(ITarget target, Random random)
{
    public const int MaxLength = 1 << 16;

    private static readonly byte[] Edges = [0, 1, 2, 3, 0x7f, 0x80, 0x81, 0xfe, 0xff];

    /// <summary>One input made of one or two others.</summary>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        var split = input.AsSpan().IndexOf((byte)0);
        var changed = split < 0 ? Text(input, other) : Pair(input, split, other);
        return changed.Length <= MaxLength ? changed : changed[..MaxLength];
    }

    /// <summary>Mostly the data is changed, since most changed schemas accept no data.</summary>
    private byte[] Pair(byte[] input, int split, byte[] other)
    {
        var (schema, data) = (input[..split], input[(split + 1)..]);
        var otherSplit = Math.Max(0, other.AsSpan().IndexOf((byte)0));
        var otherData = other[Math.Min(other.Length, otherSplit + 1)..];
        if (random.Next(5) == 0) schema = Text(schema, other[..otherSplit]);
        else data = target.IsBinary ? Bytes(data, otherData) : Text(data, otherData);
        return [.. schema, 0, .. data];
    }

    private byte[] Bytes(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var changes = 1 << Math.Min(random.Next(4), random.Next(4)); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 9), bytes.Count - at);
            switch (random.Next(9))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = Edges[random.Next(Edges.Length)];
                    break;
                case 2 when at < bytes.Count:
                    bytes[at] += (byte)random.Next(-4, 5);
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 5:
                    bytes.InsertRange(at, Varint((ulong)random.NextInt64() >> random.Next(64)));
                    break;
                case 6 when random.Next(4) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 7 when other.Length > 0:
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 40), other.Length - from)).ToArray());
                    break;
                case 8 when bytes.Count < MaxLength / 8:
                    // The same again and again: nesting, or many items.
                    var piece = bytes.GetRange(at, length);
                    for (var i = random.Next(200); i > 0; i--) bytes.InsertRange(at, piece);
                    break;
            }
        }
        return [.. bytes];
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7f; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private byte[] Text(byte[] input, byte[] other)
    {
        if (random.Next(10) == 0) return Bytes(input, other);
        var words = Words.Of(input);
        for (var changes = 1 << Math.Min(random.Next(4), random.Next(4)); changes > 0; changes--)
        {
            var at = random.Next(words.Count + 1);
            var length = Math.Min(random.Next(1, 12), words.Count - at);
            if (random.Next(3) > 0)
            {
                Value(words, other);
                continue;
            }
            switch (random.Next(9))
            {
                case 0:
                    words.RemoveRange(at, Math.Min(1, length));
                    break;
                case 1:
                    words.RemoveRange(at, length);
                    break;
                case 2:
                    words.Insert(at, Word());
                    break;
                case 3 when at < words.Count:
                    words[at] = Word();
                    break;
                case 4:
                    words.InsertRange(at, words.GetRange(at, length));
                    break;
                case 5 when words.Count > 1:
                    var elsewhere = random.Next(words.Count);
                    if (at < words.Count) (words[at], words[elsewhere]) = (words[elsewhere], words[at]);
                    break;
                case 6:
                    // A whole bracketed piece, put somewhere else or twice.
                    var piece = Words.Bracketed(words, at);
                    words.InsertRange(random.Next(words.Count + 1), piece);
                    break;
                case 7 when other.Length > 0:
                    var others = Words.Of(other);
                    if (others.Count > 0) words.InsertRange(at, Words.Bracketed(others, random.Next(others.Count)));
                    break;
                case 8 when at < words.Count && words.Count < 2000:
                    var repeated = words.GetRange(at, length);
                    for (var i = random.Next(100); i > 0; i--) words.InsertRange(at, repeated);
                    break;
            }
        }
        return Encoding.Latin1.GetBytes(string.Concat(words));
    }

    /// <summary>One value becomes another one, from here or elsewhere, is doubled or goes: the text stays well formed more often than not.</summary>
    private void Value(List<string> words, byte[] other)
    {
        var at = Words.Any(words, random);
        if (at < 0) return;
        if (Words.IsName(words, at))
        {
            words[at] = Word();
            return;
        }
        var value = Words.Value(words, at);
        if (value.Count == 0) return;
        var source = random.Next(3) == 0 ? Words.Of(other) : words;
        var from = Words.Any(source, random);
        var replacement = from < 0 || random.Next(3) == 0 ? [Word()] : Words.Value(source, from);
        switch (random.Next(4))
        {
            case 0:
                words.InsertRange(at, [.. value, ","]);
                break;
            case 1 when replacement.Count > 0:
                words.InsertRange(at, [.. replacement, ","]);
                break;
            case 2 when at > 0 && words[at - 1] == ",":
                words.RemoveRange(at - 1, value.Count + 1);
                break;
            default:
                words.RemoveRange(at, value.Count);
                words.InsertRange(at, replacement);
                break;
        }
    }

    private string Word() => random.Next(6) switch
    {
        0 => random.Next(-2, 300).ToString(System.Globalization.CultureInfo.InvariantCulture),
        1 => BinaryPrimitives.ReverseEndianness(random.NextInt64()).ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => target.Dictionary[random.Next(target.Dictionary.Count)],
    };
}
