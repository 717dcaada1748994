using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Gateway.Schemas.Json.Validation;

/// <summary>Values by name, looked up with the bytes of the text at hand, so that a name becomes no string first.</summary>
internal sealed class Utf8Names<T>
{
    private const int FewEnoughToCompare = 4;

    private readonly byte[][] _names;
    private readonly T[] _values;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _positions;

    public Utf8Names(IEnumerable<KeyValuePair<string, T>> entries)
    {
        var byName = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (name, value) in entries) byName[name] = value;
        _names = [.. byName.Keys.Select(Encoding.UTF8.GetBytes)];
        _values = [.. byName.Values];
        var positions = new Dictionary<byte[], int>(_names.Length, ByteSequence.Instance);
        for (var i = 0; i < _names.Length; i++) positions[_names[i]] = i;
        _positions = positions.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>How many there are.</summary>
    public int Count => _names.Length;

    /// <summary>The values, in order.</summary>
    public IReadOnlyList<T> Values => _values;

    /// <summary>The names, in order.</summary>
    public string NameAt(int position) => Encoding.UTF8.GetString(_names[position]);

    /// <summary>The same as bytes.</summary>
    public ReadOnlySpan<byte> Utf8At(int position) => _names[position];

    /// <summary>The position of a member's name, or −1.</summary>
    public int Find(in JsonProperty property)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        return raw.Contains((byte)'\\') ? Find(Encoding.UTF8.GetBytes(property.Name)) : Find(raw);
    }

    /// <summary>The position of a string value, or −1.</summary>
    public int FindText(in JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        return raw.Contains((byte)'\\') ? Find(Encoding.UTF8.GetBytes(text.GetString()!)) : Find(raw);
    }

    private int Find(ReadOnlySpan<byte> name)
    {
        if (_names.Length > FewEnoughToCompare) return _positions.TryGetValue(name, out var position) ? position : -1;
        for (var i = 0; i < _names.Length; i++)
        {
            if (name.SequenceEqual(_names[i])) return i;
        }
        return -1;
    }

    private sealed class ByteSequence : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByteSequence Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
